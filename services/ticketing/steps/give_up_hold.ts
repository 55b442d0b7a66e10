import type { Tx } from '#kit'
import { HoldReleasedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Booking } from '../domain/booking.ts'
import { releaseHeld } from '../store/endings.ts'

/** Gives a hold back and tells it. False when it is not held any more. */
export async function giveUpHold(tx: Tx, { tenantId, bookingId, tripId }: Booking, now: Date): Promise<boolean> {
  if (!(await releaseHeld(tx, bookingId, now))) return false
  await tx.publish(HoldReleasedSchema, bookingId, { tenantId, bookingId, tripId })
  return true
}
