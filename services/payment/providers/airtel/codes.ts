import type { FailureReason } from '../../domain/failure.ts'

/** What one of Airtel's codes says about a request that moves money. */
export type Meaning = 'accepted' | 'unsure' | 'duplicate' | 'unknown-to-it' | FailureReason

/**
 * Airtel's response codes by what they mean for us. A code that is not here decides nothing.
 *
 * Source: Airtel Africa developer portal, as its connectors quote it; the ESB family is deprecated and still returned.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  // Collections and refunds.
  DP00800001000: 'unsure',
  DP00800001001: 'accepted',
  DP00800001002: 'WRONG_PIN',
  DP00800001003: 'LIMIT_EXCEEDED',
  DP00800001004: 'LIMIT_EXCEEDED',
  DP00800001005: 'TIMED_OUT',
  DP00800001006: 'accepted',
  DP00800001007: 'INSUFFICIENT_FUNDS',
  DP00800001008: 'DECLINED',
  DP00800001009: 'REFUSED',
  DP00800001010: 'REFUSED',
  DP00800001024: 'unsure',
  DP00800001025: 'unknown-to-it',
  DP00800001026: 'REFUSED',
  DP00800001029: 'TIMED_OUT',
  // Disbursements.
  DP00900001000: 'unsure',
  DP00900001001: 'accepted',
  DP00900001003: 'LIMIT_EXCEEDED',
  DP00900001004: 'LIMIT_EXCEEDED',
  DP00900001005: 'REFUSED',
  DP00900001006: 'accepted',
  DP00900001007: 'INSUFFICIENT_FUNDS',
  DP00900001009: 'REFUSED',
  DP00900001010: 'REFUSED',
  // "Duplicate or not allowed": which of the two, only an enquiry by our id tells.
  DP00900001011: 'duplicate',
  DP00900001012: 'REFUSED',
  DP00900001013: 'REFUSED',
  DP00900001014: 'unsure',
  DP00900001015: 'unknown-to-it',
  DP00900001016: 'REFUSED',
  DP00900001017: 'duplicate',
  // The router before the wallet: faults of our own set-up, and a time-out that says nothing.
  ROUTER001: 'REFUSED',
  ROUTER003: 'REFUSED',
  ROUTER005: 'REFUSED',
  ROUTER006: 'REFUSED',
  ROUTER007: 'REFUSED',
  ROUTER112: 'REFUSED',
  ROUTER114: 'REFUSED',
  ROUTER115: 'REFUSED',
  ROUTER116: 'REFUSED',
  ROUTER117: 'unsure',
  ROUTER119: 'REFUSED',
  // The old family.
  '0000900': 'unsure',
  ESB000001: 'unsure',
  ESB000004: 'REFUSED',
  ESB000008: 'REFUSED',
  ESB000010: 'accepted',
  ESB000011: 'REFUSED',
  ESB000014: 'unsure',
  ESB000033: 'REFUSED',
  ESB000034: 'REFUSED',
  ESB000035: 'REFUSED',
  ESB000036: 'REFUSED',
  ESB000039: 'REFUSED',
  ESB000041: 'duplicate',
  ESB000045: 'unknown-to-it',
}

/** What a code means; undefined for one that is not known. */
export function meaningOf(code: string): Meaning | undefined {
  return meanings[code]
}

/** Why something failed, by the code that ended it; a time-out that a status calls final is one. */
export function reasonOf(code: string): FailureReason {
  if (code === 'DP00800001024' || code === 'DP00900001014') return 'TIMED_OUT'
  const meaning = meanings[code]
  return meaning !== undefined && meaning === meaning.toUpperCase() ? (meaning as FailureReason) : 'REFUSED'
}

/** Codes that say that what our secrets were encrypted with is not Airtel's key any more. */
export const keyFaults: ReadonlySet<string> = new Set(['DP00800001026', 'DP00900001016', 'ROUTER116'])
