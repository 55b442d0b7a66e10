import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto, type Tx } from '#kit'
import { BookingConfirmedSchema, TicketIssuedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { ticketNumber } from '../domain/booking_code.ts'
import type { Ride } from '../domain/ride.ts'
import type { SignedSeat } from '../store/sales.ts'
import { classToProto } from '../wire/classes.ts'
import { noticeOf } from '../wire/notice.ts'

/** Seats that were just sold. */
export type Sale = {
  readonly booking: Booking
  readonly ride: Ride
  readonly tickets: readonly SignedSeat[]
  readonly now: Date
  readonly reseated: boolean
}

/** Tells everybody of a sale: that the seats are paid, and the tickets with their codes. */
export async function tellSale(tx: Tx, ctx: Ctx, sale: Sale): Promise<void> {
  const { booking, ride, now } = sale
  const total = moneyToProto(booking.total)
  const { tenantId, bookingId, bookingCode, tripId, userId, fromSequence, toSequence } = booking
  const { serviceDate } = ride.trip
  await tx.publish(BookingConfirmedSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, userId, tripId, serviceDate, fromSequence, toSequence, total },
    seatCount: booking.passengers.length,
    confirmTime: timestampFromDate(now),
  })
  await tx.publish(TicketIssuedSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, tripId, total, reseated: sale.reseated },
    ...noticeOf(booking, ride),
    busPlate: ride.trip.busPlate,
    tickets: ticketsOf(sale),
  })
  tx.afterCommit(() => ctx.happened('booking_confirmed', { booking_id: bookingId, seats: booking.passengers.length }))
}

function ticketsOf({ booking, tickets }: Sale) {
  return booking.passengers.map((passenger, i) => ({
    ticketId: tickets[i]?.ticketId ?? '',
    ticketNumber: ticketNumber(booking.bookingCode, passenger.position),
    passengerName: passenger.name,
    seatLabel: passenger.seatLabel,
    seatClass: classToProto(passenger.seatClass),
    code: tickets[i]?.code ?? '',
  }))
}
