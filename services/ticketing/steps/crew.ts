import type { Queries, Session } from '#kit'
import { refuse } from '../errors.ts'
import { type ManifestLine, readTicket } from '../store/boarding.ts'
import { driverOf } from '../store/crew.ts'
import { readSheet } from '../store/manifest.ts'
import type { TripSheet } from '../domain/manifest.ts'

/** What reaches every trip of the company; whoever has none of them drives, and reaches the trips assigned to them. */
const OFFICE = ['ticketing.sales.read', 'ticketing.sales.create']

/**
 * A trip of the caller's company that the caller may board.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, NOT_YOUR_TRIP
 */
export async function reachTrip(db: Queries, session: Session, tripId: string): Promise<TripSheet> {
  const sheet = await readSheet(db, tripId)
  if (!sheet) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
  await assertCrew(db, session, tripId)
  return sheet
}

/**
 * A ticket of the caller's company, on a trip that the caller may board.
 *
 * @throws {ConnectError} TICKET_UNKNOWN, NOT_YOUR_TRIP
 */
export async function reachTicket(db: Queries, session: Session, ticketId: string): Promise<ManifestLine> {
  const line = await readTicket(db, ticketId)
  if (!line) throw refuse('TICKET_UNKNOWN', 'the company has no such ticket', { ticket_id: ticketId })
  await assertCrew(db, session, line.tripId)
  return line
}

/** @throws {ConnectError} NOT_YOUR_TRIP */
export async function assertCrew(db: Queries, session: Session, tripId: string): Promise<void> {
  if (OFFICE.some((permission) => session.can(permission))) return
  if ((await driverOf(db, tripId)) === session.userId) return
  throw refuse('NOT_YOUR_TRIP', 'this trip is not assigned to you', { trip_id: tripId })
}
