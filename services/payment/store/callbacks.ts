import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { keys } from '../crypto/keys.ts'
import { at, rowOf } from './rows.ts'
import { type AttemptRow, callback, type CallbackRow, paymentAttempt } from './schema.ts'

/** What became of a callback. */
export type CallbackOutcome = 'SETTLED' | 'FAILED' | 'DUPLICATE' | 'REFUSED' | 'ANSWERED' | 'AWAITING_INQUIRY'

/**
 * Stores a callback as it came, to be handled before `retryTime` by who received it and after that by whoever comes, and
 * finds the attempt that its path was made for, all in one statement. Undefined when there is no such attempt.
 */
export async function storeCallback(
  db: Queries,
  row: CallbackRow,
  token: string,
  retryTime: Date,
): Promise<AttemptRow | undefined> {
  const [raw] = await db.execute(sql`
    with stored as (
      insert into callback (callback_id, provider, path_token, headers, body, source_address, receive_time)
      values (${row.callbackId}, ${row.provider}, ${row.pathToken}, ${JSON.stringify(row.headers)}::jsonb,
        ${keys().sealBytes(row.body)},
        ${row.sourceAddress}, ${at(row.receiveTime)})
    ), handling as (
      insert into callback_handling (callback_id, next_try_time) values (${row.callbackId}, ${at(retryTime)})
    )
    select * from payment_attempt where callback_token = ${token}`)
  return raw && rowOf(paymentAttempt, raw)
}

/** Writes down what became of a callback. False when that was written down before. */
export async function closeCallback(
  db: Queries,
  callbackId: string,
  outcome: CallbackOutcome,
  now: Date,
): Promise<boolean> {
  const rows = await db.execute(sql`
    update callback_handling set outcome = ${outcome}, handle_time = ${at(now)}, next_try_time = null
    where callback_id = ${callbackId} and outcome is null
    returning callback_id`)
  return rows.length > 0
}

/** Puts a callback back until the provider is ready to speak about it. */
export async function postponeCallback(db: Queries, callbackId: string, nextTryTime: Date): Promise<void> {
  await db.execute(sql`
    update callback_handling set next_try_time = ${at(nextTryTime)}
    where callback_id = ${callbackId} and outcome is null`)
}

/** A callback to be handled, and how often that was tried before. */
export type DueCallback = { readonly row: CallbackRow; readonly tries: number }

/** Takes callbacks that nobody has handled in time, at most `limit`, and keeps others away until `leaseTime`. */
export async function takeDueCallbacks(db: Queries, now: Date, leaseTime: Date, limit: number): Promise<DueCallback[]> {
  const rows = await db.execute(sql`
    with due as (
      update callback_handling set next_try_time = ${at(leaseTime)}, try_count = try_count + 1
      where callback_id in (
        select callback_id from callback_handling where next_try_time <= ${at(now)}
        order by next_try_time limit ${limit} for update skip locked)
      returning callback_id, try_count
    )
    select callback.*, due.try_count from due join callback using (callback_id) order by receive_time`)
  return rows.map((raw) => ({ row: rowOf(callback, raw), tries: Number(raw['try_count']) }))
}

/** Deletes handled callbacks that came before `cutoff`, at most `limit`. Returns how many. */
export async function pruneCallbacks(db: Queries, cutoff: Date, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    with old as (
      select callback_id from callback join callback_handling using (callback_id)
      where receive_time < ${at(cutoff)} and outcome is not null
      order by receive_time limit ${limit}
    ), handling as (
      delete from callback_handling using old where callback_handling.callback_id = old.callback_id
    )
    delete from callback using old where callback.callback_id = old.callback_id returning callback.callback_id`)
  return rows.length
}
