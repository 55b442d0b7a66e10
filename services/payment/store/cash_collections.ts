import { sql } from 'drizzle-orm'
import { type Money, money, type Queries, type Tx } from '#kit'
import { at } from './rows.ts'
import type { AttemptRow } from './schema.ts'

/** Writes down who took the notes of a payment. */
export async function noteCollection(
  tx: Tx,
  attempt: AttemptRow,
  collectorUserId: string,
  collectTime: Date,
): Promise<void> {
  const { attemptId, paymentIntentId, tenantId, orderId, currency, amountMinor } = attempt
  await tx.execute(sql`
    insert into cash_collection (attempt_id, payment_intent_id, tenant_id, collector_user_id, order_id, currency,
      amount_minor, collect_time)
    values (${attemptId}, ${paymentIntentId}, ${tenantId}, ${collectorUserId}, ${orderId}, ${currency},
      ${amountMinor.toString()}::bigint, ${at(collectTime)})`)
}

/** Cash that somebody took for a payment. */
export type Collection = {
  readonly attemptId: string
  readonly paymentIntentId: string
  readonly orderId: string
  readonly amount: Money
  readonly collectTime: Date
}

/** Where a page of collections goes on. */
export type CollectionPlace = { readonly collectTime: string; readonly attemptId: string }

/** What a member of staff has taken from a time on, oldest first. */
export async function collectionsOf(
  db: Queries,
  collector: { readonly tenantId: string; readonly collectorUserId: string; readonly since: Date },
  page: { readonly limit: number; readonly after: CollectionPlace | undefined },
): Promise<Collection[]> {
  const { after } = page
  const start = after
    ? sql`(collect_time, attempt_id) > (${after.collectTime}::timestamptz, ${after.attemptId}::uuid)`
    : sql`collect_time >= ${at(collector.since)}`
  const rows = await db.execute<{
    attempt_id: string
    payment_intent_id: string
    order_id: string
    currency: string
    amount_minor: string
    collect_time: string
  }>(sql`
    select attempt_id, payment_intent_id, order_id, currency, amount_minor::text, collect_time from cash_collection
    where tenant_id = ${collector.tenantId} and collector_user_id = ${collector.collectorUserId} and ${start}
    order by collect_time, attempt_id limit ${page.limit}`)
  return rows.map((row) => ({
    attemptId: row.attempt_id,
    paymentIntentId: row.payment_intent_id,
    orderId: row.order_id,
    amount: money(row.currency, BigInt(row.amount_minor)),
    collectTime: new Date(row.collect_time),
  }))
}

/** Whether a payment was made in cash; undefined when there is no such payment. */
export async function paidInCash(db: Queries, paymentIntentId: string): Promise<boolean | undefined> {
  const [row] = await db.execute<{ cash: boolean }>(sql`
    select exists (select 1 from payment_attempt a where a.payment_intent_id = i.payment_intent_id
      and a.provider = 'cash' and a.state = 'SUCCEEDED') as cash
    from payment_intent i where i.payment_intent_id = ${paymentIntentId}`)
  return row?.cash
}
