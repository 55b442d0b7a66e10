import type { Handler } from '#kit'
import type { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refundToProto } from '../../convert.ts'
import { NOBODY } from '../../domain/paybill.ts'
import { refuse } from '../../errors.ts'
import { promiseRefund } from '../../flow/promise_refund.ts'
import { findIntent } from '../../store/intents.ts'
import { amountOf } from '../amount.ts'
import { paidAttempt, refusalOf } from '../refunding.ts'

/** Gives money in suspense back to whoever sent it: M-Pesa reverses it by its receipt. */
export const refundSuspensePayment =
  (ctx: Ctx): Handler<typeof PaybillService.method.refundSuspensePayment> =>
  async (req, call) => {
    const amount = amountOf(req.amount)
    try {
      const work = ctx.db.once(
        call,
        req,
        async (tx) => {
          const view = await findIntent(tx, req.paymentIntentId)
          if (!view) throw refuse('SUSPENSE_UNKNOWN', 'there is no such payment in suspense')
          const attempt = await paidAttempt(tx, req)
          if (amount.currency !== attempt.currency) {
            const fields = [{ field: 'amount', description: `was paid in ${attempt.currency}` }]
            throw refuse('METHOD_UNSUITABLE', `this was paid in ${attempt.currency}`, {}, { fields })
          }
          const { refundId, reason } = req
          const refund = await promiseRefund(ctx, tx, attempt, { refundId, amount, reason, surplus: true })
          return { refund: refundToProto(refund) }
        },
        { tenantId: NOBODY },
      )
      return await work
    } catch (err) {
      throw refusalOf(err, req)
    }
  }
