import { isConstraint, type Money, type Tx } from '#kit'
import type { RefundPaymentRequest } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { CASH, findProvider } from '../providers/index.ts'
import { findIntent } from '../store/intents.ts'
import type { AttemptRow, IntentView } from '../store/schema.ts'

/** What every request for a refund names, whoever makes it. */
export type Refunding = Pick<RefundPaymentRequest, 'refundId' | 'paymentIntentId'>

/** The attempt whose money is given back. @throws {ConnectError} INTENT_UNKNOWN, INTENT_UNPAID */
export async function paidAttempt(tx: Tx, req: Refunding): Promise<AttemptRow> {
  const metadata = { payment_intent_id: req.paymentIntentId }
  const view: IntentView | undefined = await findIntent(tx, req.paymentIntentId)
  if (!view) throw refuse('INTENT_UNKNOWN', 'there is no such payment', metadata)
  if (view.intent.state !== 'SUCCEEDED' || !view.attempt) {
    throw refuse('INTENT_UNPAID', 'nothing was captured that could be refunded', metadata)
  }
  return view.attempt
}

/** @throws {ConnectError} INVALID_ARGUMENT / METHOD_UNSUITABLE when it cannot go back by the way that it came */
export function refuseUnsuitable(ctx: Ctx, attempt: AttemptRow, amount: Money): void {
  const fields =
    amount.currency !== attempt.currency
      ? [{ field: 'amount', description: `was paid in ${attempt.currency}` }]
      : attempt.provider === CASH
        ? []
        : attempt.exchangeRateId !== null
          ? [] // what it comes to in the provider's currency was taken before
          : (findProvider(ctx, attempt.provider)?.unsuitable(amount, attempt.phone) ?? [])
  if (fields.length === 0) return
  throw refuse('METHOD_UNSUITABLE', fields.map(({ description }) => description).join('; '), {}, { fields })
}

/** What the caller is told about a constraint that has refused a refund; other errors as they are. */
export function refusalOf(err: unknown, req: Refunding): unknown {
  if (isConstraint(err, 'payment_intent_refund_within_capture')) {
    const metadata = { payment_intent_id: req.paymentIntentId }
    return refuse('REFUND_EXCEEDS_CAPTURE', 'refunds would come to more than was captured', metadata)
  }
  if (isConstraint(err, 'payment_refund_pkey')) {
    return refuse('ID_TAKEN', 'this refund_id is in use', { refund_id: req.refundId })
  }
  return err
}
