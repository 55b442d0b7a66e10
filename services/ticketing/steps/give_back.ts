import type { Money, Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { type Booking, fundsOf } from '../domain/booking.ts'
import { takeFrom } from '../domain/funds.ts'
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

/** Owes a passenger an amount of what a paid booking stands on; of several payments the newest goes back first. */
export async function giveBackFunds(
  tx: Tx,
  ctx: Ctx,
  booking: Booking,
  { amount, reason }: Pick<Return, 'amount' | 'reason'>,
): Promise<void> {
  for (const fund of takeFrom(fundsOf(booking), amount).taken) await giveBack(tx, ctx, booking, { ...fund, reason })
}
