import { moneyToProto } from '#kit'
import type { Ctx } from '../context.ts'
import { markRefundSent, type OwedRefund } from '../store/refunds.ts'

/**
 * Hands refunds to the payment service, one after another. What fails stays owed, and the job `send-refunds` tries again:
 * the refund's id makes sure that it is paid once.
 */
export async function sendRefunds(ctx: Ctx, refunds: readonly OwedRefund[]): Promise<void> {
  for (const refund of refunds) {
    try {
      const { refundId, paymentIntentId, amount, reason } = refund
      await ctx.peers.payment.refundPayment({ refundId, paymentIntentId, amount: moneyToProto(amount), reason })
      // All rows: book-keeping of our own.
      await markRefundSent(ctx.db.system, refundId, ctx.clock.now())
    } catch (err) {
      ctx.log.warn({ err, refundId: refund.refundId }, 'a refund could not be handed over and will be tried again')
    }
  }
}
