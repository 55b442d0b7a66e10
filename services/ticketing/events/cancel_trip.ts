import { on, type Tx } from '#kit'
import { TripCancelledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { HoldReleasedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import type { Ride } from '../domain/ride.ts'
import { endPaidBooking } from '../steps/cancel.ts'
import { endLeases } from '../steps/pos/end_leases.ts'
import { readBookings } from '../store/bookings.ts'
import { bookingsOnTrip, releaseHeld } from '../store/endings.ts'
import { ridesOf } from '../store/rides.ts'
import { noteTripState } from '../store/trip_copy.ts'

/** A trip does not run: nobody can buy it any more, and everybody who did gets the money back. */
export const cancelTrip = on(
  TripCancelledSchema,
  async (ctx: Ctx, tx, event) => {
    // Waits for holds that are being written; whoever comes after it finds the trip cancelled.
    await noteTripState(tx, event.tenantId, event.tripId, event.revision, 'CANCELLED')
    // Before the bookings are read: a counter sale that is being written down now is one of them then.
    await endLeases(tx, ctx, event)
    const bookings = await readBookings(tx, await bookingsOnTrip(tx, event.tripId))
    const rides = await ridesOf(tx, bookings)
    for (const [i, booking] of bookings.entries()) await endBooking(tx, ctx, booking, rides[i]!, event.reason)
  },
  { name: 'cancel-trip' },
)

async function endBooking(tx: Tx, ctx: Ctx, booking: Booking, ride: Ride, reason: string): Promise<void> {
  const { tenantId, bookingId, tripId, total, state } = booking
  const now = ctx.clock.now()
  if (state === 'CONFIRMED') {
    await endPaidBooking(tx, ctx, booking, ride, { cause: 'TRIP', reason, now, refund: total })
  } else if (await releaseHeld(tx, bookingId, now)) {
    await tx.publish(HoldReleasedSchema, bookingId, { tenantId, bookingId, tripId })
  }
}
