import { type Handler, sessionOf } from '#kit'
import type { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import { type Ctx, perContext } from '../../context.ts'
import { refundToProto } from '../../convert.ts'
import { isWithin, limitsOf } from '../../domain/limits.ts'
import { promiseRefund } from '../../flow/promise_refund.ts'
import { amountOf } from '../amount.ts'
import { paidAttempt, refusalOf, refuseUnsuitable } from '../refunding.ts'

/** What one member of staff may give back alone. */
const ownLimits = perContext(({ settings }) => limitsOf(settings.refundOwnLimits))

/** Writes down what staff gives back; above the limit another person must approve. */
export const createRefund =
  (ctx: Ctx): Handler<typeof RefundService.method.createRefund> =>
  async (req, call) => {
    const amount = amountOf(req.amount)
    const { refundId, reason } = req
    const makerUserId = sessionOf(call).userId
    const needsApproval = !isWithin(ownLimits(ctx), amount)
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const attempt = await paidAttempt(tx, req)
        refuseUnsuitable(ctx, attempt, amount)
        const order = { refundId, amount, reason, surplus: false, makerUserId, needsApproval }
        return { refund: refundToProto(await promiseRefund(ctx, tx, attempt, order)) }
      })
    } catch (err) {
      throw refusalOf(err, req)
    }
  }
