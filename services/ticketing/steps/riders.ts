import type { Queries, Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { Rider } from '../domain/swap.ts'
import { readBookings } from '../store/bookings.ts'
import { bookingsOnTrip } from '../store/endings.ts'
import { ridesOf } from '../store/rides.ts'
import { giveUpHold } from './give_up_hold.ts'
import { askAnew } from './offer_move.ts'

/**
 * Everybody who holds or has bought seats on a trip.
 *
 * @param how `lock` keeps the bookings as they are until the transaction ends
 */
export async function ridersOn(db: Queries, tripId: string, how: 'look' | 'lock'): Promise<Rider[]> {
  const bookingIds = await bookingsOnTrip(db, tripId, how)
  if (bookingIds.length === 0) return []
  const bookings = await readBookings(db, bookingIds)
  const rides = await ridesOf(db, bookings)
  return bookings.map((booking, i) => ({ booking, ride: rides[i]! }))
}

/**
 * Ends what a booking has on a trip. A hold is given back; if it was kept for the passenger of a cancelled trip, that
 * passenger is asked anew.
 *
 * @param endPaid what becomes of a booking that is paid
 */
export async function endRide(tx: Tx, ctx: Ctx, rider: Rider, endPaid: (paid: Rider) => Promise<unknown>) {
  const { booking } = rider
  if (booking.state === 'CONFIRMED') {
    await endPaid(rider)
  } else if (await giveUpHold(tx, booking, ctx.clock.now())) {
    if (booking.replaces) await askAnew(tx, ctx, booking)
  }
}
