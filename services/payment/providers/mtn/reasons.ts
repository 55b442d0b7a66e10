import type { FailureReason } from '../../domain/failure.ts'

/**
 * MTN's reasons by what they mean for the payer. Everything else is REFUSED.
 *
 * INTERNAL_PROCESSING_ERROR is a catch-all that in production mostly means a low balance, but does not say so;
 * COULD_NOT_PERFORM_TRANSACTION comes when the approval window of about five minutes has passed.
 *
 * Source: MTN MoMo developer portal, "Common errors"; LOW_BALANCE_… is known from integrators only.
 */
const meanings: Readonly<Record<string, FailureReason>> = {
  APPROVAL_REJECTED: 'DECLINED',
  TRANSACTION_CANCELED: 'DECLINED',
  PAYMENT_NOT_APPROVED: 'DECLINED',
  EXPIRED: 'TIMED_OUT',
  COULD_NOT_PERFORM_TRANSACTION: 'TIMED_OUT',
  NOT_ENOUGH_FUNDS: 'INSUFFICIENT_FUNDS',
  LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED: 'INSUFFICIENT_FUNDS',
  PAYER_LIMIT_REACHED: 'LIMIT_EXCEEDED',
  INTERNAL_PROCESSING_ERROR: 'PROVIDER_BUSY',
  SERVICE_UNAVAILABLE: 'PROVIDER_BUSY',
}

/** Why something failed, by the reason that ended it. */
export function meaningOf(reason: string): FailureReason {
  return meanings[reason] ?? 'REFUSED'
}
