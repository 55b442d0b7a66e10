import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { maskPhone, money, moneyToProto, type Session } from '#kit'
import {
  FailureReason,
  Method,
  type PaymentAttempt,
  PaymentAttempt_State,
  PaymentAttemptSchema,
  type PaymentIntent,
  PaymentIntent_State,
  PaymentIntentSchema,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { type Refund, Refund_State, RefundSchema } from '#gen/tms/payment/v1/refund_pb.ts'
import { providerAmountOf } from './domain/amounts.ts'
import type { FailureReason as Reason } from './domain/failure.ts'
import type { AttemptRow, IntentView, RefundRow } from './store/schema.ts'

/** A provider's name for each method: the word in callback paths, accounts and rows. */
const providerNames: Readonly<Partial<Record<Method, string>>> = {
  [Method.MPESA]: 'mpesa',
  [Method.CASH]: 'cash',
  [Method.MTN]: 'mtn',
  [Method.AIRTEL]: 'airtel',
  [Method.PAYPAL]: 'paypal',
}

/** The provider behind a method; undefined for a method that is not one. */
export function providerNameOf(method: Method): string | undefined {
  return providerNames[method]
}

/** The method that a provider stands behind. */
export function methodOf(provider: string): Method {
  const found = Object.entries(providerNames).find(([, name]) => name === provider)
  return found ? (Number(found[0]) as Method) : Method.UNSPECIFIED
}

/** A failure reason on the wire. */
export function reasonToProto(reason: Reason): FailureReason {
  return FailureReason[reason]
}

/** An intent on the wire, with the payer's full phone number: {@link shownTo} hides it. */
export function intentToProto({ intent, attempt }: IntentView): PaymentIntent {
  const amount = (minor: bigint) => moneyToProto(money(intent.currency, minor))
  return create(PaymentIntentSchema, {
    paymentIntentId: intent.paymentIntentId,
    tenantId: intent.tenantId,
    payerUserId: intent.payerUserId ?? '',
    orderId: intent.orderId,
    orderReference: intent.orderReference,
    description: intent.description,
    amount: amount(intent.amountMinor),
    capturedAmount: amount(intent.capturedMinor),
    refundedAmount: amount(intent.refundedMinor),
    state: PaymentIntent_State[intent.state],
    late: intent.late,
    latestAttempt: attempt ? attemptToProto(attempt) : undefined,
    attemptCount: intent.attemptCount,
    revision: intent.revision,
    expireTime: timestampFromDate(intent.expireTime),
    createTime: timestampFromDate(intent.createTime),
    updateTime: timestampFromDate(intent.updateTime),
    succeedTime: intent.succeedTime ? timestampFromDate(intent.succeedTime) : undefined,
  })
}

function attemptToProto(attempt: AttemptRow): PaymentAttempt {
  return create(PaymentAttemptSchema, {
    attemptId: attempt.attemptId,
    method: methodOf(attempt.provider),
    phone: attempt.phone,
    state: PaymentAttempt_State[attempt.state],
    failureReason: attempt.failureReason === null ? FailureReason.UNSPECIFIED : reasonToProto(attempt.failureReason),
    sendCount: attempt.sendCount,
    receipt: attempt.receipt ?? '',
    nextActionTime: attempt.nextActionTime ? timestampFromDate(attempt.nextActionTime) : undefined,
    createTime: timestampFromDate(attempt.createTime),
    approveUrl: attempt.state === 'PENDING' ? (attempt.approveUrl ?? '') : '',
    providerAmount: attempt.exchangeRateId === null ? undefined : moneyToProto(providerAmountOf(attempt)),
    exchangeRateId: attempt.exchangeRateId ?? '',
  })
}

/** The intent as somebody may see it: the phone number in full, and the page to approve on, for its payer alone. */
export function shownTo(session: Pick<Session, 'userId'>, intent: PaymentIntent): PaymentIntent {
  const attempt = intent.latestAttempt
  if (!attempt || isPayer(session, intent)) return intent
  const phone = attempt.phone === '' ? '' : maskPhone(attempt.phone)
  return { ...intent, latestAttempt: { ...attempt, phone, approveUrl: '' } }
}

/** Whether an intent is somebody's business: its payer's, its company's bookkeepers', or another service's. */
export function maySee(session: Session, intent: PaymentIntent): boolean {
  if (session.kind === 'service' || session.can('payment.platform.read') || isPayer(session, intent)) return true
  return session.tenantId === intent.tenantId && session.can('payment.reports.read')
}

function isPayer({ userId }: Pick<Session, 'userId'>, intent: PaymentIntent): boolean {
  return userId !== '' && userId === intent.payerUserId
}

/** A refund on the wire. */
export function refundToProto(refund: RefundRow): Refund {
  return create(RefundSchema, {
    refundId: refund.refundId,
    paymentIntentId: refund.paymentIntentId,
    tenantId: refund.tenantId,
    orderId: refund.orderId,
    amount: moneyToProto(money(refund.currency, refund.amountMinor)),
    reason: refund.reason,
    state: Refund_State[refund.state],
    createTime: timestampFromDate(refund.createTime),
    updateTime: timestampFromDate(refund.updateTime),
    makerUserId: refund.makerUserId ?? '',
    checkerUserId: refund.checkerUserId ?? '',
    receipt: refund.receipt ?? '',
  })
}
