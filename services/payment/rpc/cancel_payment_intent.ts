import type { Handler } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { intentToProto } from '../convert.ts'
import { refuse } from '../errors.ts'
import { announceIntent } from '../flow/changes.ts'
import { cancelIntent, findIntent } from '../store/intents.ts'

/** Gives an unpaid order up. */
export const cancelPaymentIntent =
  (ctx: Ctx): Handler<typeof PaymentService.method.cancelPaymentIntent> =>
  async ({ paymentIntentId }) => {
    const view = await ctx.db.transaction(async (tx) => {
      await cancelIntent(tx, paymentIntentId, ctx.clock.now())
      return findIntent(tx, paymentIntentId)
    })
    if (!view) throw refuse('INTENT_UNKNOWN', 'there is no such payment', { payment_intent_id: paymentIntentId })
    if (view.intent.state === 'SUCCEEDED') throw refuse('INTENT_PAID', 'this is paid already: refund it instead')
    await announceIntent(ctx, paymentIntentId)
    return { paymentIntent: intentToProto(view) }
  }
