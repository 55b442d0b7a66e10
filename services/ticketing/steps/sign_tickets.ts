import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import type { Ride } from '../domain/ride.ts'
import type { SignedSeat } from '../store/sales.ts'
import { classToProto } from '../wire/classes.ts'

/**
 * Has one ticket signed for each passenger of a booking, for the seat the passenger has in it.
 *
 * Each time with new ids: a signature that is not kept, because the sale did not happen, belongs to no ticket.
 */
export async function signTickets(ctx: Ctx, booking: Booking, ride: Ride): Promise<SignedSeat[]> {
  const { origin, destination, trip } = ride
  const now = ctx.clock.now()
  const expire = new Date(destination.arrivalTime.getTime() + ctx.settings.ticketGraceSeconds * 1000)
  const payloads = booking.passengers.map((passenger) => ({
    ticketId: ctx.newId(),
    tripId: booking.tripId,
    tenantId: booking.tenantId,
    bookingCode: booking.bookingCode,
    passengerName: passenger.name,
    seatLabel: passenger.seatLabel,
    seatClass: classToProto(passenger.seatClass),
    fromSequence: booking.fromSequence,
    toSequence: booking.toSequence,
    serviceDate: trip.serviceDate,
    departureTime: timestampFromDate(origin.departureTime),
    expireTime: timestampFromDate(expire),
    issueTime: timestampFromDate(now),
  }))
  const { tickets } = await ctx.peers.qr.signTickets({ payloads })
  const codes = new Map(tickets.map(({ ticketId, code }) => [ticketId, code]))
  return payloads.map(({ ticketId }, i) => ({
    ticketId,
    position: booking.passengers[i]!.position,
    code: signedCode(codes.get(ticketId)),
  }))
}

/** @throws {Error} when a ticket came back unsigned: nobody gets a ticket without a code */
function signedCode(code: string | undefined): string {
  if (code) return code
  throw new Error('qr left a ticket unsigned')
}
