import type { Ending } from '../world/prompts.ts'

/**
 * Why a request failed, as MTN's portal lists it; the two newest are known from integrators only.
 *
 * Source: MTN MoMo developer portal, "Common errors" and "Testing".
 */
export const reasons = [
  'APPROVAL_REJECTED',
  'EXPIRED',
  'TRANSACTION_CANCELED',
  'PAYMENT_NOT_APPROVED',
  'NOT_ENOUGH_FUNDS',
  'LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED',
  'PAYER_LIMIT_REACHED',
  'PAYER_NOT_FOUND',
  'PAYEE_NOT_FOUND',
  'PAYEE_NOT_ALLOWED_TO_RECEIVE',
  'INTERNAL_PROCESSING_ERROR',
  'COULD_NOT_PERFORM_TRANSACTION',
  'SERVICE_UNAVAILABLE',
  'NOT_ALLOWED',
  'NOT_ALLOWED_TARGET_ENVIRONMENT',
  'INVALID_CALLBACK_URL_HOST',
  'INVALID_CURRENCY',
  'RESOURCE_NOT_FOUND',
  'RESOURCE_ALREADY_EXIST',
] as const

export type Reason = (typeof reasons)[number]

/** What MTN calls each way that a prompt can end without money. */
export const reasonOfEnding: Readonly<Record<Exclude<Ending, 'paid' | 'arranged'>, Reason>> = {
  declined: 'APPROVAL_REJECTED',
  ignored: 'EXPIRED',
  'wrong-pin': 'PAYMENT_NOT_APPROVED',
  locked: 'NOT_ALLOWED',
  poor: 'NOT_ENOUGH_FUNDS',
  'over-limit': 'PAYER_LIMIT_REACHED',
  full: 'LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED',
}
