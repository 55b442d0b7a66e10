/** Whether a genuine ticket is good for this trip, at this stop, now: the same online and on a device. */

/** The part of a ticket that decides. */
export type TicketTerms = {
  readonly tenantId: string
  readonly tripId: string
  /** The call where the passenger may board first. */
  readonly fromSequence: number
  /** The call where the passenger must alight. */
  readonly toSequence: number
  /** From then on it is worth nothing. */
  readonly expireTime: Date
}

/** The bus that stands there. */
export type Boarding = {
  readonly tenantId: string
  readonly tripId: string
  readonly stopSequence: number
  readonly now: Date
}

/** What has happened to the ticket, as far as the judge knows. */
export type TicketHistory = { readonly isRevoked: boolean; readonly isBoarded: boolean }

/** The names of `VerificationResult` for a genuine ticket. */
export type Judgement = 'VALID' | 'REVOKED' | 'WRONG_TRIP' | 'WRONG_LEG' | 'ALREADY_BOARDED' | 'EXPIRED'

/**
 * Judges a ticket. The order is fixed: the first reason that holds is the answer, so that the driver always hears the same
 * one, and hears "wrong bus" rather than "too late" when both are true.
 *
 * A passenger who missed the first stop may board at a later one, as long as it lies before the last.
 */
export function judge(ticket: TicketTerms, boarding: Boarding, history: TicketHistory): Judgement {
  if (history.isRevoked) return 'REVOKED'
  if (ticket.tenantId !== boarding.tenantId || ticket.tripId !== boarding.tripId) return 'WRONG_TRIP'
  if (boarding.stopSequence < ticket.fromSequence || boarding.stopSequence >= ticket.toSequence) return 'WRONG_LEG'
  if (history.isBoarded) return 'ALREADY_BOARDED'
  return boarding.now >= ticket.expireTime ? 'EXPIRED' : 'VALID'
}
