import type { Refusal } from '../world/wallet.ts'

/**
 * What M-PESA says at the end of a transaction, by result code.
 *
 * Source: Daraja portal, M-Pesa Express, B2C and Reversal pages; 26 and 9999 are known from integrators only.
 */
const descriptions = {
  '0': 'The service request is processed successfully.',
  '1': 'The balance is insufficient for the transaction.',
  '2': 'Declined due to limit rule: less than the minimum transaction amount.',
  '3': 'Declined due to limit rule: greater than the maximum transaction amount.',
  '4': 'Declined due to limit rule: would exceed daily transfer limit.',
  '8': 'Declined due to limit rule: would exceed the maximum balance.',
  '11': 'The DebitParty is in an invalid state.',
  '17': 'Rule limited.',
  '21': 'The initiator is not allowed to initiate this request.',
  '25': 'The transaction parameters are invalid.',
  '26': 'System busy. Traffic blocking condition in place.',
  '1001': 'Unable to lock subscriber, a transaction is already in process for the current subscriber.',
  '1019': 'Transaction has expired',
  '1025': 'An error occurred while sending a push request',
  '1031': 'Request cancelled by user',
  '1032': 'Request cancelled by user',
  '1037': 'DS timeout user cannot be reached',
  '2001': 'The initiator information is invalid.',
  '2006': 'Declined due to account rule: The account status does not allow this transaction.',
  '2028': 'The request is not permitted according to product assignment.',
  '2040': 'Credit Party customer type (Unregistered or Registered Customer) can’t be supported by the service.',
  '8006': 'The security credential is locked.',
  '9999': 'An error occurred while sending a push request',
  SFC_IC0003: 'The operator does not exist.',
  R000001: 'The transaction has already been reversed.',
  R000002: 'The OriginalTransactionID is invalid.',
} as const

export type ResultCode = keyof typeof descriptions

export const resultCodes = Object.keys(descriptions) as ResultCode[]

export const resultDescription = (code: ResultCode): string => descriptions[code]

/** Why a wallet let no money out or in. */
export const refusalCodes = { poor: '1', 'over-limit': '4', full: '8' } as const satisfies Record<Refusal, ResultCode>

/** On the wire most codes are JSON numbers; those with letters are strings. */
export const resultCodeOnWire = (code: string): number | string => (/^\d+$/.test(code) ? Number(code) : code)
