/** Why an attempt failed for good, in the words of `tms.payment.v1.FailureReason`. */
export type FailureReason =
  | 'INSUFFICIENT_FUNDS'
  | 'DECLINED'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'WRONG_PIN'
  | 'LIMIT_EXCEEDED'
  | 'PROVIDER_BUSY'
  | 'ACCOUNT_LOCKED'
  | 'REFUSED'
  | 'PROVIDER_UNAVAILABLE'
  | 'NOT_RECEIVED'
