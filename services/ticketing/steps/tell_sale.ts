import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Money, moneyToProto, type Tx } from '#kit'
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
  /** The booking that it was until now; undefined when it is new. */
  readonly changed: Changed | undefined
}

/** The code of a booking that was changed, and what goes back because of that. */
export type Changed = { readonly bookingCode: string; readonly refund: Money | undefined }

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
  await tellTickets(tx, sale)
  tx.afterCommit(() => ctx.happened('booking_confirmed', { booking_id: bookingId, seats: booking.passengers.length }))
}

/** Tells the passenger of the tickets, with their codes. */
export async function tellTickets(tx: Tx, sale: Omit<Sale, 'now'>): Promise<void> {
  const { booking, ride, reseated, changed } = sale
  const { tenantId, bookingId, bookingCode, tripId } = booking
  await tx.publish(TicketIssuedSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, tripId, reseated, total: moneyToProto(booking.total) },
    ...noticeOf(booking, ride),
    busPlate: ride.trip.busPlate,
    tickets: ticketsOf(sale),
    changedBookingCode: changed?.bookingCode ?? '',
    ...(changed?.refund && { refund: moneyToProto(changed.refund) }),
  })
}

function ticketsOf({ booking, tickets }: Pick<Sale, 'booking' | 'tickets'>) {
  return booking.passengers.map((passenger, i) => ({
    ticketId: tickets[i]?.ticketId ?? '',
    ticketNumber: ticketNumber(booking.bookingCode, passenger.position),
    passengerName: passenger.name,
    seatLabel: passenger.seatLabel,
    seatClass: classToProto(passenger.seatClass),
    code: tickets[i]?.code ?? '',
  }))
}
