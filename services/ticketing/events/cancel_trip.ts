import { on } from '#kit'
import { TripCancelledSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { offerOrRefund } from '../steps/offer_move.ts'
import { endLeases } from '../steps/pos/end_leases.ts'
import { endRide, ridersOn } from '../steps/riders.ts'
import { noteTripState } from '../store/trip_copy.ts'

/** A trip does not run: nobody can buy it any more, and everybody who did may ride on the next one or gets the money back. */
export const cancelTrip = on(
  TripCancelledSchema,
  async (ctx: Ctx, tx, { tenantId, tripId, revision, reason, togetherTripIds }) => {
    // Waits for holds that are being written; whoever comes after it finds the trip cancelled.
    await noteTripState(tx, tenantId, tripId, revision, 'CANCELLED')
    // Before the bookings are read: a counter sale that is being written down now is one of them then.
    await endLeases(tx, ctx, { tripId })
    const why = { reason, exceptTripIds: [tripId, ...togetherTripIds] }
    for (const rider of await ridersOn(tx, tripId, 'lock')) {
      await endRide(tx, ctx, rider, (paid) => offerOrRefund(tx, ctx, paid, why))
    }
  },
  { name: 'cancel-trip' },
)
