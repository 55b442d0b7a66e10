import { type Handler, isConstraint, type Money, type Tx } from '#kit'
import type { PaymentService, RefundPaymentRequest } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refundToProto } from '../convert.ts'
import { refuse } from '../errors.ts'
import { promiseRefund } from '../flow/promise_refund.ts'
import { CASH, findProvider } from '../providers/index.ts'
import { findIntent } from '../store/intents.ts'
import type { AttemptRow, IntentView } from '../store/schema.ts'
import { amountOf } from './amount.ts'

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
        const refund = await promiseRefund(ctx, tx, attempt, { refundId, amount, reason, surplus: false })
        return { refund: refundToProto(refund) }
      })
    } catch (err) {
      throw refusalOf(err, req)
    }
  }

/** The attempt whose money is given back. */
async function paidAttempt(tx: Tx, req: RefundPaymentRequest): Promise<AttemptRow> {
  const metadata = { payment_intent_id: req.paymentIntentId }
  const view: IntentView | undefined = await findIntent(tx, req.paymentIntentId)
  if (!view) throw refuse('INTENT_UNKNOWN', 'there is no such payment', metadata)
  if (view.intent.state !== 'SUCCEEDED' || !view.attempt) {
    throw refuse('INTENT_UNPAID', 'nothing was captured that could be refunded', metadata)
  }
  return view.attempt
}

function refuseUnsuitable(ctx: Ctx, attempt: AttemptRow, amount: Money): void {
  const fields =
    amount.currency !== attempt.currency
      ? [{ field: 'amount', description: `was paid in ${attempt.currency}` }]
      : attempt.provider === CASH
        ? []
        : (findProvider(ctx, attempt.provider)?.unsuitable(amount, attempt.phone) ?? [])
  if (fields.length === 0) return
  throw refuse('METHOD_UNSUITABLE', fields.map(({ description }) => description).join('; '), {}, { fields })
}

function refusalOf(err: unknown, req: RefundPaymentRequest): unknown {
  if (isConstraint(err, 'payment_intent_refund_within_capture')) {
    const metadata = { payment_intent_id: req.paymentIntentId }
    return refuse('REFUND_EXCEEDS_CAPTURE', 'refunds would come to more than was captured', metadata)
  }
  if (isConstraint(err, 'payment_refund_pkey')) {
    return refuse('ID_TAKEN', 'this refund_id is in use', { refund_id: req.refundId })
  }
  return err
}
