import type { Handler } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refundToProto } from '../convert.ts'
import { promiseRefund } from '../flow/promise_refund.ts'
import { liesInSuspense } from '../store/cash_payments.ts'
import { amountOf } from './amount.ts'
import { paidAttempt, refusalOf, refuseUnsuitable } from './refunding.ts'

/** Writes a refund down; the provider is called after the commit. */
export const refundPayment =
  (ctx: Ctx): Handler<typeof PaymentService.method.refundPayment> =>
  async (req, call) => {
    const amount = amountOf(req.amount)
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const attempt = await paidAttempt(tx, req)
        refuseUnsuitable(ctx, attempt, amount)
        const { refundId, reason } = req
        const surplus = await liesInSuspense(tx, attempt.attemptId)
        const refund = await promiseRefund(ctx, tx, attempt, { refundId, amount, reason, surplus })
        return { refund: refundToProto(refund) }
      })
    } catch (err) {
      throw refusalOf(err, req)
    }
  }
