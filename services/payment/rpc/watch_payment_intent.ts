import { type Handler, sessionOf } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { shownTo } from '../convert.ts'
import { followIntent } from '../flow/follow_intent.ts'
import { intentFor } from './get_payment_intent.ts'

/** Where an intent stands, now and at every change, until it ends. */
export const watchPaymentIntent = (ctx: Ctx): Handler<typeof PaymentService.method.watchPaymentIntent> =>
  async function* ({ paymentIntentId }, call) {
    const session = sessionOf(call)
    const present = () => intentFor(ctx, paymentIntentId, session) // refuses whom it does not concern
    for await (const intent of followIntent(ctx, paymentIntentId, present, call.signal)) {
      yield { paymentIntent: shownTo(session, intent) }
    }
  }
