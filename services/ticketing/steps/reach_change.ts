import { type Session, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { stateAt } from '../domain/booking_state.ts'
import { hasLeft, type RideForSale } from '../domain/ride.ts'
import type { SalesTerms } from '../domain/sales_terms.ts'
import { refuse } from '../errors.ts'
import { readBooking } from '../store/bookings.ts'
import { shareTripState } from '../store/changes.ts'
import { lockBooking } from '../store/endings.ts'
import { rideForSaleOf } from '../store/rides.ts'
import { readTerms } from '../store/sales_terms.ts'
import { reachBooking } from './reach_booking.ts'

/** A paid booking that somebody wants to change, and the rules that it was bought under. */
export type Changeable = {
  readonly old: Booking
  readonly oldRide: RideForSale
  readonly soldUnder: SalesTerms
  readonly byStaff: boolean
  readonly actorUserId: string
  readonly now: Date
}

/**
 * The booking that is to be changed: the caller's own, or one of the company that the caller sells for.
 *
 * @throws {ConnectError} BOOKING_UNKNOWN, NOT_CHANGEABLE, CHANGE_TOO_LATE
 */
export async function reachChangeable(
  ctx: Ctx,
  session: Session,
  bookingId: string,
  from: 'PAID' | 'PAID_OR_OPEN',
): Promise<Changeable> {
  const { booking: old, reader } = await reachBooking(ctx, session, bookingId, 'ticketing.sales.cancel')
  // All rows: the timetable is public.
  const oldRide = await rideForSaleOf(ctx.db.system, old)
  const now = ctx.clock.now()
  const state = stateAt(old, now)
  if (old.awaitsChoice)
    throw refuse('NOT_CHANGEABLE', 'its trip was cancelled: choose the next one or the money', { state })
  if (state !== 'CONFIRMED' && !(state === 'OPEN' && from === 'PAID_OR_OPEN')) {
    throw refuse('NOT_CHANGEABLE', 'only a paid booking can be changed', { state })
  }
  if (state === 'CONFIRMED' && hasBegun(old, oldRide, now)) throw changeTooLate(old)
  const byStaff = reader === 'STAFF'
  const soldUnder = await readTerms(ctx.db.system, old.tenantId, old.termsVersion)
  return { old, oldRide, soldUnder, byStaff, actorUserId: session.userId, now }
}

/** Whether the ride has begun: the bus has left the stop, or a passenger is on board. */
function hasBegun(old: Booking, ride: RideForSale, now: Date): boolean {
  return hasLeft(ride, now) || old.passengers.some(({ ticket }) => ticket?.state === 'BOARDED')
}

export function changeTooLate({ bookingId }: Booking) {
  return refuse('CHANGE_TOO_LATE', 'it is too late to change this booking', { booking_id: bookingId })
}

/**
 * Locks a booking, its tickets and where its trip stands, and sees that all is as it was looked at: nobody boards, no bus is
 * swapped and no bus leaves from here on until the transaction ends.
 *
 * @throws {ConnectError} BOOKING_MOVED, CHANGE_TOO_LATE
 */
export async function lockUnmoved(tx: Tx, { old, oldRide, now }: Changeable): Promise<void> {
  await lockBooking(tx, old.bookingId)
  const current = await readBooking(tx, old.bookingId)
  if (!current || lookOf(current) !== lookOf(old)) {
    throw refuse('BOOKING_MOVED', 'the booking was changed at this moment; look again')
  }
  if (current.state === 'OPEN') return
  const state = (await shareTripState(tx, old.tripId)) ?? oldRide.state
  if (hasBegun(current, { ...oldRide, state }, now)) throw changeTooLate(old)
}

/** What must not have changed between a look at a booking and its change. */
function lookOf({ state, fence, userId, phone, passengers }: Booking): string {
  const people = passengers.map(({ name, seatLabel, seatClass }) => [name, seatLabel, seatClass])
  return JSON.stringify([state, fence.toString(), userId, phone, people])
}
