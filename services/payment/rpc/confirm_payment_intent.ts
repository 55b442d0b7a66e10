import { isConstraint, type Handler, type RowsOf, type Session, sessionOf } from '#kit'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { providerNameOf } from '../convert.ts'
import { refuse } from '../errors.ts'
import { beginPayment, COLLECT_CASH } from '../flow/begin_payment.ts'

/** Where no phone is asked, none is kept. */
const withoutPhone: ReadonlySet<Method> = new Set([Method.CASH, Method.PAYPAL])

/**
 * Starts to pay. The attempt and this answer are stored in one transaction; the provider is called after it, so that
 * a call is never made that nobody remembers.
 */
export const confirmPaymentIntent =
  (ctx: Ctx): Handler<typeof PaymentService.method.confirmPaymentIntent> =>
  async (req, call) => {
    const session = sessionOf(call)
    const provider = providerNameOf(req.method) ?? ''
    const { paymentIntentId, exchangeRateId } = req
    const phone = withoutPhone.has(req.method) ? '' : req.phone
    const order = { paymentIntentId, provider, phone, exchangeRateId, session }
    try {
      return await ctx.db.once(call, req, (tx) => beginPayment(ctx, tx, order), rowsFor(req.method, session))
    } catch (err) {
      if (!isConstraint(err, 'payment_attempt_one_live')) throw err
      throw refuse('PAYMENT_IN_PROGRESS', 'an earlier attempt to pay has no outcome yet')
    }
  }

/**
 * The payer's own intents; for cash those of the company whose staff counts it, as the session's token says. Whether
 * they may take this amount is decided once it is known.
 */
function rowsFor(method: Method, session: Session): RowsOf {
  if (method !== Method.CASH) return 'session'
  const collects = session.can(COLLECT_CASH) || COLLECT_CASH in session.conditions
  if (session.tenantId === undefined || !collects) {
    throw refuse('CASH_FORBIDDEN', 'cash is taken by staff with payment.cash.collect, for their own company')
  }
  return { tenantId: session.tenantId }
}
