import type { Tx } from '#kit'
import { HoldReleasedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { pendingChanges } from '../store/changes.ts'
import { releaseHeld } from '../store/endings.ts'
import { readBookings } from '../store/bookings.ts'

/**
 * Gives up changes of a booking that wait for their payment, because it was changed otherwise. Money that comes for them all
 * the same goes back, as for any hold that was given up.
 *
 * @param except the change that is being made
 */
export async function giveUpPending(tx: Tx, ctx: Ctx, old: Booking, except?: string): Promise<void> {
  const pending = (await pendingChanges(tx, old.bookingId)).filter((bookingId) => bookingId !== except)
  if (pending.length === 0) return
  for (const { bookingId, tenantId, tripId } of await readBookings(tx, pending)) {
    if (await releaseHeld(tx, bookingId, ctx.clock.now())) {
      await tx.publish(HoldReleasedSchema, bookingId, { tenantId, bookingId, tripId })
    }
  }
}
