import type { TicketState } from './booking.ts'

/** A passenger whom a device let on without a network. */
export type OfflineScan = {
  readonly scanId: string
  readonly ticketId: string
  /** What the scanner read; empty when the passenger was picked from the manifest. */
  readonly code: string
  readonly tripId: string
  readonly stopSequence: number
}

/** A ticket of ours as it stands when its scan is looked at. */
export type ScannedTicket = {
  readonly ticketId: string
  readonly tripId: string
  readonly code: string
  readonly state: TicketState
  readonly fromSequence: number
  readonly toSequence: number
  /** The scan that it counts as boarded by. */
  readonly boardScanId: string | undefined
}

/** What the server makes of a scan. */
export type ScanResult = 'BOARDED' | 'DOUBLE' | 'VOID' | 'SEAT_RESOLD' | 'WRONG_TRIP' | 'WRONG_LEG' | 'FORGED'

/** What is to be done about a scan; `REINSTATE` boards, if the seat that was given up can be had again. */
export type ScanVerdict = Exclude<ScanResult, 'SEAT_RESOLD'> | 'REINSTATE'

/**
 * Judges a scan by the ticket as it stands, in the order in which a passenger is judged at the door.
 *
 * A code is genuine when it is the very code of the ticket: each has one for ever.
 */
export function judgeScan(scan: OfflineScan, ticket: ScannedTicket | undefined): ScanVerdict {
  if (!ticket || (scan.code !== '' && scan.code !== ticket.code)) return 'FORGED'
  if (ticket.state === 'VOID') return 'VOID'
  if (ticket.tripId !== scan.tripId) return 'WRONG_TRIP'
  if (scan.stopSequence < ticket.fromSequence || scan.stopSequence >= ticket.toSequence) return 'WRONG_LEG'
  // The device may have asked with a network first, and never heard the answer.
  if (ticket.state === 'BOARDED') return ticket.boardScanId === scan.scanId ? 'BOARDED' : 'DOUBLE'
  return ticket.state === 'NO_SHOW' ? 'REINSTATE' : 'BOARDED'
}
