import { type Handler, type Session, sessionOf } from '#kit'
import type { PaymentIntent } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { maySee, shownTo } from '../convert.ts'
import { refuse } from '../errors.ts'
import { currentIntent } from '../flow/changes.ts'

/** Where an intent stands. */
export const getPaymentIntent =
  (ctx: Ctx): Handler<typeof PaymentService.method.getPaymentIntent> =>
  async ({ paymentIntentId }, call) => {
    const session = sessionOf(call)
    return { paymentIntent: shownTo(session, await intentFor(ctx, paymentIntentId, session)) }
  }

/**
 * An intent, from the cache while it is fresh, for somebody whom it concerns.
 *
 * @throws {ConnectError} NOT_FOUND / INTENT_UNKNOWN, also when it is none of the caller's business
 */
export async function intentFor(ctx: Ctx, paymentIntentId: string, session: Session): Promise<PaymentIntent> {
  const intent = await currentIntent(ctx, paymentIntentId)
  if (intent && maySee(session, intent)) return intent
  throw refuse('INTENT_UNKNOWN', 'there is no such payment', { payment_intent_id: paymentIntentId })
}
