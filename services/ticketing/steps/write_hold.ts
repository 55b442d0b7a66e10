import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto, type Tx } from '#kit'
import { SeatsHeldSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import type { Ride } from '../domain/ride.ts'
import type { Hold } from '../store/claims.ts'
import { claimAll, heldBooking } from './hold.ts'

/**
 * Writes the hold: all seats or none.
 *
 * @throws {ConnectError} TRIP_CHANGED, SEAT_TAKEN, FARE_SOLD_OUT, PROMOTION_REFUSED
 */
export async function writeHold(tx: Tx, ctx: Ctx, plan: Hold, ride: Ride): Promise<Booking> {
  const fence = await claimAll(tx, plan)
  await tx.publish(SeatsHeldSchema, plan.bookingId, {
    tenantId: plan.tenantId,
    bookingId: plan.bookingId,
    tripId: plan.tripId,
    serviceDate: ride.trip.serviceDate,
    fromSequence: plan.legs.from,
    toSequence: plan.legs.to,
    seatLabels: plan.seats.map((seat) => seat.seatLabel),
    total: moneyToProto(plan.total),
    holdExpireTime: timestampFromDate(plan.holdExpireTime),
  })
  tx.afterCommit(() => ctx.happened('seats_held', { booking_id: plan.bookingId, seats: plan.seats.length }))
  return heldBooking(plan, fence)
}
