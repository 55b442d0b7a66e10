/** Paying, and following a payment. A page loads it when it takes money. */
import { equals } from '@bufbuild/protobuf'
import { type PaymentIntent, PaymentIntent_State } from '../../../gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService, WatchPaymentIntentResponseSchema } from '../../../gen/tms/payment/v1/payment_service_pb.ts'
import { follow } from './calls/watch.ts'
import type { TmsCore } from './core.ts'

export { PaymentService }
export {
  FailureReason as PaymentFailure,
  Method as PaymentMethod,
  PaymentAttempt_State as AttemptState,
  PaymentIntent_State as PaymentState,
  type PaymentIntent,
  type Quote,
} from '../../../gen/tms/payment/v1/payment_intent_pb.ts'

/** The states that a payment does not leave, unless money comes late. */
const lastStates = [PaymentIntent_State.SUCCEEDED, PaymentIntent_State.EXPIRED, PaymentIntent_State.CANCELLED]

/** How a payment stands, now and at every change, over broken connections, until it is paid, expired or cancelled. */
export async function* watchPayment(
  tms: Pick<TmsCore, 'client' | 'session' | 'retry'>,
  paymentIntentId: string,
  signal?: AbortSignal,
): AsyncIterable<PaymentIntent> {
  const payment = tms.client(PaymentService)
  const answers = follow((options) => payment.watchPaymentIntent({ paymentIntentId }, options), {
    signal,
    retry: tms.retry,
    revisionOf: ({ paymentIntent }) => paymentIntent?.revision ?? 0n,
    // An attempt changes without a new revision of its payment: the page to approve on is known a moment later.
    isSame: (one, other) => equals(WatchPaymentIntentResponseSchema, one, other),
    isLast: ({ paymentIntent }) => lastStates.some((state) => state === paymentIntent?.state),
    renew: (err) => tms.session.renewAfter(err),
  })
  for await (const { paymentIntent } of answers) if (paymentIntent) yield paymentIntent
}
