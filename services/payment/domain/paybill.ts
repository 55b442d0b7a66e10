import { createHash } from 'node:crypto'

/** The tenant of money that no company's order explains: the platform itself, which no tenant's session sees. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Money that a payer sent by hand, from the phone's own menu, to the paybill. Nothing of it is believed yet. */
export type PaybillPayment = {
  /** M-Pesa's receipt. */
  readonly receipt: string
  /** What the payer typed as account number, in upper case without blanks; it should be an order's reference. */
  readonly billReference: string
  /** In decimal text, as M-Pesa wrote it. */
  readonly amount: string
}

/**
 * An id that is the same for the same receipt, so that a payment that is told of twice is one row.
 *
 * @param what tells the ids of one receipt from each other
 */
export function idFrom(receipt: string, what: 'intent' | 'attempt' | 'order'): string {
  const hex = createHash('sha256').update(`paybill ${what} ${receipt}`).digest('hex')
  // Version 8 is that of ids made by a rule of one's own (RFC 9562).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
