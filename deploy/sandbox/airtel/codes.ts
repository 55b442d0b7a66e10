import type { Ending } from '../world/prompts.ts'

/**
 * How a collection ends, by Airtel's response code.
 *
 * Source: Airtel Africa developer portal, as quoted by its connectors; the exact texts are not documented.
 */
const collection = {
  DP00800001000: 'Transaction is ambiguous',
  DP00800001001: 'Transaction is successful',
  DP00800001002: 'Incorrect PIN has been entered',
  DP00800001003: 'Exceeds withdrawal amount limit',
  DP00800001004: 'Invalid amount: below the minimum',
  DP00800001005: 'User did not enter the PIN',
  DP00800001006: 'Transaction is in process',
  DP00800001007: 'User wallet does not have enough money',
  DP00800001008: 'Transaction was refused by the user',
  DP00800001009: 'Do not honour',
  DP00800001010: 'Transaction not permitted to payee',
  DP00800001024: 'Transaction timed out',
  DP00800001025: 'Transaction not found',
  DP00800001026: 'Signature and payload mismatch',
  DP00800001029: 'Transaction expired',
} as const

/** How a disbursement ends. */
const disbursement = {
  DP00900001000: 'Transaction is ambiguous',
  DP00900001001: 'Transaction is successful',
  DP00900001003: 'Maximum transaction limit reached',
  DP00900001004: 'Invalid amount',
  DP00900001005: 'Transaction has failed',
  DP00900001006: 'Transaction is in process',
  DP00900001007: 'Insufficient funds in the float',
  DP00900001009: 'Invalid initiatee',
  DP00900001010: 'User is not allowed',
  DP00900001011: 'Transaction is not allowed',
  DP00900001012: 'Invalid mobile number',
  DP00900001013: 'Transaction was refused',
  DP00900001014: 'Transaction timed out',
  DP00900001015: 'Transaction not found',
  DP00900001016: 'Forbidden: signature mismatch',
  DP00900001017: 'Duplicate transaction id',
} as const

/** What the router before the wallet says. */
const router = {
  ROUTER001: 'Wallet is not configured',
  ROUTER003: 'A mandatory parameter is missing',
  ROUTER005: 'Route not found',
  ROUTER006: 'Invalid country',
  ROUTER007: 'Not authorised for the country',
  ROUTER112: 'Invalid currency',
  ROUTER114: 'PIN validation failed',
  ROUTER115: 'Incorrect PIN',
  ROUTER116: 'Incorrect encrypted PIN',
  ROUTER117: 'Request timed out',
  ROUTER119: 'Currency is missing',
} as const

export type CollectionCode = keyof typeof collection
export type DisbursementCode = keyof typeof disbursement
export type RouterCode = keyof typeof router
export type Code = CollectionCode | DisbursementCode | RouterCode

export const collectionCodes = Object.keys(collection) as CollectionCode[]
export const disbursementCodes = Object.keys(disbursement) as DisbursementCode[]
export const routerCodes = Object.keys(router) as RouterCode[]

export const describe = (code: string): string =>
  ({ ...collection, ...disbursement, ...router })[code as Code] ?? 'Request failed'

/** What Airtel calls each way that a prompt can end without money. */
export const codeOfEnding: Readonly<Record<Exclude<Ending, 'paid' | 'arranged'>, CollectionCode>> = {
  declined: 'DP00800001008',
  ignored: 'DP00800001029',
  'wrong-pin': 'DP00800001002',
  locked: 'DP00800001009',
  poor: 'DP00800001007',
  'over-limit': 'DP00800001003',
  full: 'DP00800001010',
}
