import { readTicket, type TicketFacts, type TicketKeys } from './read_ticket.ts'

/** The bus that stands there. */
export type Boarding = {
  readonly tenantId: string
  readonly tripId: string
  /** The call of the trip where it stands (`StopCall.sequence`). */
  readonly stopSequence: number
  readonly now: Date
}

/** What this device knows of tickets: what the office told it, and what it scanned itself. */
export type TicketHistory = {
  /** Ids from `tms.qr.listRevocations`. */
  readonly revoked: ReadonlySet<string>
  /** Ids of tickets that boarded. */
  readonly boarded: ReadonlySet<string>
}

/** The names of `VerificationResult` in `tms.qr.v1`. */
export type TicketVerdict =
  | { readonly result: 'MALFORMED' | 'UNKNOWN_KEY' | 'TAMPERED' }
  | {
      readonly result: 'VALID' | 'REVOKED' | 'WRONG_TRIP' | 'WRONG_LEG' | 'ALREADY_BOARDED' | 'EXPIRED'
      readonly ticket: TicketFacts
    }

/**
 * Tells, without a network, whether a code is a good ticket for this bus at this stop now, and if not, why.
 *
 * The order of the reasons is that of the service's own check, so that a driver hears the same online and offline.
 */
export async function checkTicket(
  code: string,
  keys: TicketKeys,
  boarding: Boarding,
  history: TicketHistory,
): Promise<TicketVerdict> {
  const read = await readTicket(code, keys)
  if (read.result !== 'GENUINE') return read
  return { result: judge(read.ticket, boarding, history), ticket: read.ticket }
}

function judge(ticket: TicketFacts, { tenantId, tripId, stopSequence, now }: Boarding, history: TicketHistory) {
  if (history.revoked.has(ticket.ticketId)) return 'REVOKED'
  if (ticket.tenantId !== tenantId || ticket.tripId !== tripId) return 'WRONG_TRIP'
  if (stopSequence < ticket.fromSequence || stopSequence >= ticket.toSequence) return 'WRONG_LEG'
  if (history.boarded.has(ticket.ticketId)) return 'ALREADY_BOARDED'
  return now >= ticket.expireTime ? 'EXPIRED' : 'VALID'
}
