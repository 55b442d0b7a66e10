import { Code } from '@connectrpc/connect'
import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/payment/v1/errors_pb.ts'

/** Refusals of the payment service; `errors.proto` says what each means. */
export const refuse = refusals('payment', ErrorReason, {
  INTENT_UNKNOWN: Code.NotFound,
  INTENT_EXPIRED: Code.FailedPrecondition,
  INTENT_CANCELLED: Code.FailedPrecondition,
  INTENT_PAID: Code.FailedPrecondition,
  INTENT_UNPAID: Code.FailedPrecondition,
  PAYMENT_IN_PROGRESS: Code.FailedPrecondition,
  METHOD_UNSUITABLE: Code.InvalidArgument,
  CASH_FORBIDDEN: Code.PermissionDenied,
  PROVIDER_UNAVAILABLE: Code.Unavailable,
  REFUND_EXCEEDS_CAPTURE: Code.FailedPrecondition,
  PROVIDER_UNKNOWN: Code.NotFound,
  ID_TAKEN: Code.AlreadyExists,
  PAYEE_UNKNOWN: Code.NotFound,
  ACCOUNT_INACTIVE: Code.FailedPrecondition,
  ACCOUNT_CHANGE_PENDING: Code.FailedPrecondition,
  ACCOUNT_UNUSABLE: Code.FailedPrecondition,
  SAME_PERSON: Code.PermissionDenied,
  ALREADY_DECIDED: Code.FailedPrecondition,
  PAYOUT_UNKNOWN: Code.NotFound,
  PAYOUT_EXCEEDS_DUE: Code.FailedPrecondition,
  PAYOUT_CAP_REACHED: Code.ResourceExhausted,
  PAYOUT_SENT: Code.FailedPrecondition,
  REFUND_UNKNOWN: Code.NotFound,
  RATE_UNAVAILABLE: Code.FailedPrecondition,
  QUOTE_EXPIRED: Code.FailedPrecondition,
  ATTEMPT_UNKNOWN: Code.NotFound,
  SUSPENSE_UNKNOWN: Code.NotFound,
})
