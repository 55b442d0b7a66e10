import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { comingTo, type RefundState } from '../domain/states.ts'
import { at, rowOf } from './rows.ts'
import { paymentRefund, type RefundRow } from './schema.ts'

/** Writes a new refund. Fails on `payment_refund_pkey` when the id was used before. */
export async function insertRefund(tx: Tx, refund: RefundRow): Promise<void> {
  await tx.insert(paymentRefund).values(refund)
}

/** The refund as it stands; undefined when there is none. */
export async function findRefund(db: Queries, refundId: string): Promise<RefundRow | undefined> {
  const [row] = await db.select().from(paymentRefund).where(eq(paymentRefund.refundId, refundId)).limit(1)
  return row
}

/** The refund that a callback's secret path was made for; undefined when there is none. */
export async function findRefundByToken(db: Queries, token: string): Promise<RefundRow | undefined> {
  const [row] = await db.select().from(paymentRefund).where(eq(paymentRefund.callbackToken, token)).limit(1)
  return row
}

/** What may be changed about a refund together with its state. */
export type RefundChange = Partial<
  Pick<
    RefundRow,
    | 'requestReference'
    | 'inquiryReference'
    | 'receipt'
    | 'failureCode'
    | 'sendCount'
    | 'queryCount'
    | 'nextActionTime'
    | 'settleTime'
    | 'checkerUserId'
  >
>

/** Moves a refund to a state that it may reach from where it is, or only `from` some. False when it may not: another was first. */
export async function moveRefund(
  db: Queries,
  refundId: string,
  to: RefundState,
  change: RefundChange & { readonly cause: string; readonly updateTime: Date },
  from: readonly RefundState[] = comingTo('REFUND', to),
): Promise<boolean> {
  const rows = await db
    .update(paymentRefund)
    .set({ state: to, ...change })
    .where(and(eq(paymentRefund.refundId, refundId), inArray(paymentRefund.state, [...from])))
    .returning({ refundId: paymentRefund.refundId })
  return rows.length > 0
}

/** Changes what is known about a refund and leaves its state. */
export async function noteOnRefund(db: Queries, refundId: string, change: RefundChange): Promise<void> {
  await db.update(paymentRefund).set(change).where(eq(paymentRefund.refundId, refundId))
}

/** Refunds of an attempt that have neither failed nor been refused: how many, and what they come to, also in the provider's currency. */
export type EarlierRefunds = {
  readonly count: number
  readonly amountMinor: bigint
  readonly providerAmountMinor: bigint
}

/** What was given back of an attempt before, or is on its way. */
export async function earlierRefundsOf(tx: Tx, attemptId: string): Promise<EarlierRefunds> {
  const [row] = await tx.execute(sql`
    select count(*)::int as count, coalesce(sum(amount_minor), 0)::text as amount,
      coalesce(sum(provider_amount_minor), 0)::text as provider_amount
    from payment_refund where attempt_id = ${attemptId} and state not in ('FAILED', 'REJECTED')`)
  const sum = (name: string) => BigInt((row?.[name] as string | number | undefined) ?? 0)
  return { count: Number(sum('count')), amountMinor: sum('amount'), providerAmountMinor: sum('provider_amount') }
}

/** Takes refunds that something is to be done about, at most `limit`, and keeps others away until `leaseTime`. */
export async function takeDueRefunds(db: Queries, now: Date, leaseTime: Date, limit: number): Promise<RefundRow[]> {
  const rows = await db.execute(sql`
    update payment_refund set next_action_time = ${at(leaseTime)}
    where refund_id in (
      select refund_id from payment_refund where next_action_time <= ${at(now)}
      order by next_action_time limit ${limit} for update skip locked)
    returning *`)
  return rows.map((raw) => rowOf(paymentRefund, raw))
}

/** Which refunds are listed. */
export type RefundFilter = {
  readonly tenantId: string
  readonly state: RefundState | undefined
  readonly paymentIntentId: string | undefined
  readonly limit: number
  /** The last refund of the page before. */
  readonly after: string | undefined
}

/** Refunds of a company, newest first. */
export async function listRefunds(db: Queries, filter: RefundFilter): Promise<RefundRow[]> {
  const { state, paymentIntentId, after } = filter
  return db
    .select()
    .from(paymentRefund)
    .where(
      and(
        eq(paymentRefund.tenantId, filter.tenantId),
        state && eq(paymentRefund.state, state),
        paymentIntentId === undefined ? undefined : eq(paymentRefund.paymentIntentId, paymentIntentId),
        after === undefined ? undefined : lt(paymentRefund.refundId, after),
      ),
    )
    .orderBy(desc(paymentRefund.refundId))
    .limit(filter.limit)
}
