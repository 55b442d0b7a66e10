import type { Money, Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { oweRefund } from '../store/refunds.ts'
import { sendRefunds } from './send_refunds.ts'

/** Money that goes back, and why, in the words of the books. */
export type Return = { readonly paymentIntentId: string; readonly amount: Money; readonly reason: string }

/**
 * Owes a passenger the money of a payment, and hands it over once that is committed.
 *
 * @returns false when that payment goes back already
 */
export async function giveBack(
  tx: Tx,
  ctx: Ctx,
  booking: Booking,
  { paymentIntentId, amount, reason }: Return,
): Promise<boolean> {
  const refund = { refundId: ctx.newId(), paymentIntentId, amount, reason }
  const owed = await oweRefund(tx, booking, refund, ctx.clock.now())
  if (owed) tx.afterCommit(() => sendRefunds(ctx, [refund]))
  return owed
}
