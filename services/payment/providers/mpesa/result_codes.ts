import type { FailureReason } from '../../domain/failure.ts'

/**
 * Daraja's result codes by what they mean for the payer. Everything else is REFUSED.
 *
 * Source: Daraja portal, M-Pesa Express; 26, 1031 and 9999 are known from integrators only. For STK push 2001 means a
 * wrong PIN, though its text speaks of the initiator.
 */
const reasons: Readonly<Record<string, FailureReason>> = {
  '1': 'INSUFFICIENT_FUNDS',
  '2': 'LIMIT_EXCEEDED',
  '3': 'LIMIT_EXCEEDED',
  '4': 'LIMIT_EXCEEDED',
  '17': 'LIMIT_EXCEEDED',
  '26': 'PROVIDER_BUSY',
  '1001': 'PROVIDER_BUSY',
  '1019': 'TIMED_OUT',
  '1025': 'PROVIDER_BUSY',
  '1031': 'DECLINED',
  '1032': 'DECLINED',
  '1037': 'UNREACHABLE',
  '2001': 'WRONG_PIN',
  '8006': 'ACCOUNT_LOCKED',
  '9999': 'PROVIDER_BUSY',
}

/** Why a payment failed, by the code that ended it. */
export function reasonOfCode(code: string): FailureReason {
  return reasons[code] ?? 'REFUSED'
}

/** The code of a query that came too early, in the shape seen since 2025. */
export const STILL_PROCESSING = '4999'

/** A reversal of what was reversed before. */
export const ALREADY_REVERSED = 'R000001'
