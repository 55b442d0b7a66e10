import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { FailureReason } from '../domain/failure.ts'
import { comingTo, type AttemptState } from '../domain/states.ts'
import { type Entry, transferColumns, transferValues } from './journal.ts'
import { at, oneOf, rowOf } from './rows.ts'
import { type AttemptRow, type IntentRow, paymentAttempt, paymentIntent } from './schema.ts'
import { numberSealed, referenceSealed } from './sealed.ts'

const attemptBefore = {
  SUCCEEDED: oneOf(comingTo('ATTEMPT', 'SUCCEEDED')),
  FAILED: oneOf(comingTo('ATTEMPT', 'FAILED')),
}
const intentBefore = {
  PROCESSING: oneOf(comingTo('INTENT', 'PROCESSING')),
  SUCCEEDED: oneOf(comingTo('INTENT', 'SUCCEEDED')),
}

/** What is new about an attempt; the rest is its intent's. */
export type NewAttempt = Pick<
  AttemptRow,
  | 'attemptId'
  | 'paymentIntentId'
  | 'provider'
  | 'phone'
  | 'callbackToken'
  | 'createTime'
  | 'nextActionTime'
  | 'exchangeRateId'
  | 'providerCurrency'
  | 'providerAmountMinor'
  // CREATED when it is about to be sent, RETRYING when its provider is away.
  | 'state'
  | 'sendCount'
>

/**
 * Writes an attempt and makes its intent PROCESSING, in one statement. Returns the intent as it is then; undefined when
 * it cannot be paid now, or is not there. Fails on `payment_attempt_one_live` when another attempt has no outcome yet.
 */
export async function startAttempt(tx: Tx, attempt: NewAttempt): Promise<IntentRow | undefined> {
  const [raw] = await tx.execute(sql`
    with intent as (
      update payment_intent
      set state = 'PROCESSING', cause = 'payer began to pay', attempt_id = ${attempt.attemptId},
          attempt_count = attempt_count + 1, revision = revision + 1, update_time = ${at(attempt.createTime)}
      where payment_intent_id = ${attempt.paymentIntentId} and state in ${intentBefore.PROCESSING}
        and expire_time > ${at(attempt.createTime)}
      returning *
    ), attempt as (
      insert into payment_attempt (attempt_id, payment_intent_id, tenant_id, payer_user_id, order_id, order_reference,
        description, provider, phone, currency, amount_minor, state, send_count, callback_token, next_action_time,
        cause, create_time, update_time, exchange_rate_id, provider_currency, provider_amount_minor, seller_user_id)
      select ${attempt.attemptId}::uuid, payment_intent_id, tenant_id, payer_user_id, order_id, order_reference,
        description, ${attempt.provider}, ${numberSealed(attempt.phone)}, currency, amount_minor, ${attempt.state},
        ${attempt.sendCount}::int, ${attempt.callbackToken},
        ${attempt.nextActionTime?.toISOString() ?? null}::timestamptz, 'payer began to pay',
        ${at(attempt.createTime)}, ${at(attempt.createTime)}, ${attempt.exchangeRateId}::uuid,
        ${attempt.providerCurrency}::text, ${attempt.providerAmountMinor?.toString() ?? null}::bigint, seller_user_id
      from intent
    )
    select * from intent`)
  return raw && rowOf(paymentIntent, raw)
}

/** What a settled attempt is told by: its own id, what the provider said, and the books of it. */
export type Settlement = {
  readonly attemptId: string
  readonly requestReference: string | undefined
  readonly receipt: string | undefined
  readonly cause: string
  readonly entry: Entry
  /** The callback that told of it, to be marked as handled. */
  readonly callbackId: string | undefined
}

/** What a settlement changed: nothing, the attempt alone (its order was paid already), or attempt and intent. */
export type Settled = 'NOTHING' | 'SURPLUS' | IntentRow

/**
 * Makes an attempt SUCCEEDED and with it its intent, and posts the entry, in one statement. Repeats change nothing.
 *
 * When the intent was captured before by another attempt, only the attempt is changed and nothing is posted: the caller
 * books the surplus. Fails on `payment_attempt_receipt_once` when the receipt is another attempt's.
 */
export async function settleAttempt(tx: Tx, settlement: Settlement): Promise<Settled> {
  const { attemptId, entry, cause } = settlement
  const now = at(entry.postTime)
  const [raw] = await tx.execute(sql`
    with attempt as (
      update payment_attempt
      set state = 'SUCCEEDED', cause = ${cause}, settle_time = ${now}, update_time = ${now}, next_action_time = null,
          request_reference = coalesce(request_reference, ${referenceSealed(settlement.requestReference ?? null)}),
          receipt = ${referenceSealed(settlement.receipt ?? null)}, claimed_receipt = null,
          failure_reason = null, failure_code = null
      where attempt_id = ${attemptId} and state in ${attemptBefore.SUCCEEDED}
      returning attempt_id, payment_intent_id, amount_minor
    ), intent as (
      update payment_intent
      set state = 'SUCCEEDED', cause = ${cause}, captured_minor = attempt.amount_minor, attempt_id = attempt.attempt_id,
          late = state in ('EXPIRED', 'CANCELLED') or expire_time < ${now},
          revision = revision + 1, succeed_time = ${now}, update_time = ${now}
      from attempt
      where payment_intent.payment_intent_id = attempt.payment_intent_id and state in ${intentBefore.SUCCEEDED}
      returning payment_intent.*
    ), posted as (
      insert into journal_transfer (${transferColumns})
      select transfer.* from intent, (values ${transferValues(entry)}) as transfer
    ), handled as (
      update callback_handling set outcome = 'SETTLED', handle_time = ${now}, next_try_time = null
      where callback_id = ${settlement.callbackId ?? null}
    )
    select attempt.attempt_id as settled_attempt_id, intent.* from attempt left join intent on true`)
  if (!raw) return 'NOTHING'
  return raw['payment_intent_id'] === null ? 'SURPLUS' : rowOf(paymentIntent, raw)
}

/** Books a second capture of an order that is paid already: what came in counts, and is refunded by the caller. */
export async function addSurplus(tx: Tx, attempt: AttemptRow, now: Date): Promise<void> {
  await tx.execute(sql`
    update payment_intent
    set captured_minor = captured_minor + ${attempt.amountMinor.toString()}::bigint, revision = revision + 1,
        update_time = ${at(now)}
    where payment_intent_id = ${attempt.paymentIntentId}`)
}

/** Which of these receipts other attempts were paid by. */
export async function receiptsOfOthers(
  db: Queries,
  { attemptId, provider }: Pick<AttemptRow, 'attemptId' | 'provider'>,
  receipts: readonly string[],
): Promise<ReadonlySet<string>> {
  if (receipts.length === 0) return new Set()
  const others = await db
    .select({ receipt: paymentAttempt.receipt })
    .from(paymentAttempt)
    .where(
      and(
        eq(paymentAttempt.provider, provider),
        inArray(paymentAttempt.receipt, [...receipts]),
        ne(paymentAttempt.attemptId, attemptId),
      ),
    )
  return new Set(others.flatMap(({ receipt }) => receipt ?? []))
}

/** Why an attempt ended without money. */
export type Failure = { readonly reason: FailureReason; readonly code: string; readonly cause: string }

/**
 * Makes an attempt FAILED and its intent payable again, or EXPIRED when its time is over, in one statement. Returns
 * undefined when the attempt has ended before; `intent` is undefined when the intent had moved on without it.
 */
export async function failAttempt(
  tx: Tx,
  attemptId: string,
  failure: Failure,
  now: Date,
): Promise<{ intent: IntentRow | undefined } | undefined> {
  const [raw] = await tx.execute(sql`
    with attempt as (
      update payment_attempt
      set state = 'FAILED', cause = ${failure.cause}, failure_reason = ${failure.reason}, failure_code = ${failure.code},
          settle_time = ${at(now)}, update_time = ${at(now)},
          -- A callback that named a receipt is still being asked about.
          next_action_time = case when claimed_receipt is not null then next_action_time end
      where attempt_id = ${attemptId} and state in ${attemptBefore.FAILED}
      returning attempt_id, payment_intent_id
    ), intent as (
      update payment_intent
      set state = case when expire_time <= ${at(now)} then 'EXPIRED' else 'REQUIRES_PAYMENT' end,
          cause = ${failure.cause}, revision = revision + 1, update_time = ${at(now)}
      from attempt
      where payment_intent.payment_intent_id = attempt.payment_intent_id and state = 'PROCESSING'
        and payment_intent.attempt_id = attempt.attempt_id
      returning payment_intent.*
    )
    select attempt.attempt_id as failed_attempt_id, intent.* from attempt left join intent on true`)
  if (!raw) return undefined
  return { intent: raw['payment_intent_id'] === null ? undefined : rowOf(paymentIntent, raw) }
}

/** The attempt as it stands; undefined when there is none. */
export async function findAttempt(db: Queries, attemptId: string): Promise<AttemptRow | undefined> {
  const [row] = await db.select().from(paymentAttempt).where(eq(paymentAttempt.attemptId, attemptId)).limit(1)
  return row
}

/** The attempt that a callback's secret path was made for; undefined when there is none. */
export async function findAttemptByToken(db: Queries, token: string): Promise<AttemptRow | undefined> {
  const [row] = await db.select().from(paymentAttempt).where(eq(paymentAttempt.callbackToken, token)).limit(1)
  return row
}

/** What may be changed about an attempt beside settling and failing it. */
export type AttemptChange = Partial<
  Pick<
    AttemptRow,
    | 'requestReference'
    | 'approveUrl'
    | 'receipt'
    | 'claimedReceipt'
    | 'inquiryReference'
    | 'queryCount'
    | 'sendCount'
    | 'nextActionTime'
    | 'failureCode'
  >
>

/** Moves an attempt to a state that it may reach from where it is, in one statement. False when it may not. */
export async function moveAttempt(
  db: Queries,
  attemptId: string,
  to: Exclude<AttemptState, 'SUCCEEDED' | 'FAILED'>,
  change: AttemptChange & { readonly cause: string; readonly updateTime: Date },
): Promise<boolean> {
  const rows = await db
    .update(paymentAttempt)
    .set({ state: to, ...change })
    .where(and(eq(paymentAttempt.attemptId, attemptId), inArray(paymentAttempt.state, comingTo('ATTEMPT', to))))
    .returning({ attemptId: paymentAttempt.attemptId })
  return rows.length > 0
}

/** Changes what is known about an attempt and leaves its state. */
export async function noteOnAttempt(db: Queries, attemptId: string, change: AttemptChange): Promise<void> {
  await db.update(paymentAttempt).set(change).where(eq(paymentAttempt.attemptId, attemptId))
}

/**
 * Remembers the receipt of a success that the provider's status query contradicts: an attempt that is not FAILED becomes
 * UNKNOWN. False when the same receipt is remembered already, or the attempt is settled: then there is nothing to ask.
 */
export async function noteClaim(db: Queries, attemptId: string, receipt: string, now: Date): Promise<boolean> {
  const claimed = referenceSealed(receipt)
  const rows = await db.execute(sql`
    update payment_attempt
    set state = case when state = 'FAILED' then state else 'UNKNOWN' end, cause = 'callback and query contradict',
        claimed_receipt = ${claimed}, inquiry_reference = null, update_time = ${at(now)}
    where attempt_id = ${attemptId} and claimed_receipt is distinct from ${claimed}
      and state in ${attemptBefore.SUCCEEDED}
    returning attempt_id`)
  return rows.length > 0
}

/** Gives a settled attempt its receipt, when the callback that names it comes after the query that settled it. */
export async function learnReceipt(db: Queries, attemptId: string, receipt: string): Promise<void> {
  const settledWithout = and(eq(paymentAttempt.state, 'SUCCEEDED'), isNull(paymentAttempt.receipt))
  await db
    .update(paymentAttempt)
    .set({ receipt })
    .where(and(eq(paymentAttempt.attemptId, attemptId), settledWithout))
}

/**
 * Takes attempts that something is to be done about, at most `limit`, and keeps others away from them until
 * `leaseTime`: who dies with them in hand loses them by then.
 */
export async function takeDueAttempts(db: Queries, now: Date, leaseTime: Date, limit: number): Promise<AttemptRow[]> {
  const rows = await db.execute(sql`
    update payment_attempt set next_action_time = ${at(leaseTime)}
    where attempt_id in (
      select attempt_id from payment_attempt where next_action_time <= ${at(now)}
      order by next_action_time limit ${limit} for update skip locked)
    returning *`)
  return rows.map((raw) => rowOf(paymentAttempt, raw))
}
