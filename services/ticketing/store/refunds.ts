import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { Booking } from '../domain/booking.ts'
import { iso, run } from './query.ts'

/** Money that is owed to a passenger. */
export type OwedRefund = {
  readonly refundId: string
  readonly paymentIntentId: string
  readonly amount: Money
  readonly reason: string
}

/** Writes down that money of a payment goes back for a booking. False when it was written down before: it does so once. */
export async function oweRefund(tx: Tx, booking: Booking, refund: OwedRefund, now: Date): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    insert into refund (refund_id, tenant_id, user_id, booking_id, payment_intent_id, currency, amount_minor, reason,
      create_time)
    values (${refund.refundId}, ${booking.tenantId}, ${booking.userId}, ${booking.bookingId},
      ${refund.paymentIntentId}, ${refund.amount.currency}, ${refund.amount.minor}, ${refund.reason},
      ${iso(now)}::timestamptz)
    on conflict on constraint refund_of_payment do nothing
    returning 1`,
  )
  return rows.length > 0
}

/** Refunds that the payment service has not taken yet, oldest first. */
export async function unsentRefunds(db: Queries, limit: number): Promise<OwedRefund[]> {
  const rows = await run<{
    refund_id: string
    payment_intent_id: string
    currency: string
    amount_minor: string
    reason: string
  }>(
    db,
    sql`select refund_id, payment_intent_id, currency, amount_minor, reason from refund
      where send_time is null order by create_time limit ${limit}`,
  )
  return rows.map((row) => ({
    refundId: row.refund_id,
    paymentIntentId: row.payment_intent_id,
    amount: money(row.currency, BigInt(row.amount_minor)),
    reason: row.reason,
  }))
}

/** Remembers that the payment service has taken a refund. */
export async function markRefundSent(db: Queries, refundId: string, now: Date): Promise<void> {
  await run(db, sql`update refund set send_time = ${iso(now)}::timestamptz where refund_id = ${refundId}`)
}

/** Remembers that a refund reached the passenger. Nothing happens when it is no refund of ours. */
export async function markRefundSettled(tx: Tx, refundId: string, settleTime: Date): Promise<void> {
  await run(tx, sql`update refund set settle_time = ${iso(settleTime)}::timestamptz where refund_id = ${refundId}`)
}
