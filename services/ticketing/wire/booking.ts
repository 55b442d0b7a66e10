import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto, type Session, sum } from '#kit'
import {
  Booking_State,
  type BookingSchema,
  type ManifestEntrySchema,
  type PassengerSchema,
  Ticket_State,
  type TicketSchema,
} from '#gen/tms/ticketing/v1/booking_pb.ts'
import { CancelCause as WireCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import { amountDue, type Booking, type Passenger, type Refund, type Ticket } from '../domain/booking.ts'
import { ticketNumber } from '../domain/booking_code.ts'
import { stateAt } from '../domain/booking_state.ts'
import { masked } from '../domain/masking.ts'
import type { Ride } from '../domain/ride.ts'
import type { ManifestLine } from '../store/boarding.ts'
import { classToProto } from './classes.ts'
import { priceLineToProto } from './price.ts'
import { destinationToProto, originToProto } from './ride.ts'
import { channelToProto, travellerToProto } from './sales_terms.ts'

/** Who looks at a booking: codes of tickets are for the passenger alone. */
export type Reader = 'PASSENGER' | 'STAFF'

/** A booking as it stands at an instant, with its ride as the timetable tells it. */
export function bookingToProto(
  booking: Booking,
  ride: Ride,
  now: Date,
  reader: Reader,
): MessageInitShape<typeof BookingSchema> {
  return {
    bookingId: booking.bookingId,
    bookingCode: booking.bookingCode,
    tenantId: booking.tenantId,
    tripId: booking.tripId,
    ...rideFields(ride),
    state: Booking_State[stateAt(booking, now)],
    passengers: booking.passengers.map((one) => passengerToProto(one, booking.bookingCode, reader)),
    contact: { phone: booking.phone, email: booking.email, language: booking.language },
    total: moneyToProto(booking.total),
    paymentIntentId: booking.paymentIntentId,
    holdExpireTime: timestampFromDate(booking.holdExpireTime),
    fence: booking.fence,
    createTime: timestampFromDate(booking.createTime),
    confirmTime: timestampOrNone(booking.confirmTime),
    cancelTime: timestampOrNone(booking.cancelTime),
    cancelCause: booking.cancelCause && WireCause[booking.cancelCause],
    refund: refundToProto(booking.refunds),
    amountDue: moneyToProto(amountDue(booking)),
    ...changeFields(booking),
    salesChannel: channelToProto(booking.channel),
    promotionCode: booking.promotionCode,
    delayMinutes: ride.trip.delayMinutes,
    awaitsChoice: booking.awaitsChoice,
  }
}

function rideFields({ trip, origin, destination }: Ride) {
  return {
    companyName: trip.companyName,
    routeName: trip.routeName,
    serviceDate: trip.serviceDate,
    timeZone: trip.timeZone,
    busPlate: trip.busPlate,
    origin: originToProto(origin),
    destination: destinationToProto(destination),
  }
}

function passengerToProto(
  one: Passenger,
  bookingCode: string,
  reader: Reader,
): MessageInitShape<typeof PassengerSchema> {
  return {
    name: one.name,
    seatLabel: one.seatLabel,
    seatClass: classToProto(one.seatClass),
    price: moneyToProto(one.price),
    ...travellerToProto(one.traveller),
    priceLines: one.priceLines.map(priceLineToProto),
    ticket: one.ticket && ticketToProto(one.ticket, bookingCode, one.position, reader),
  }
}

function ticketToProto(
  ticket: Omit<Ticket, 'code'> & { readonly code?: string },
  bookingCode: string,
  position: number,
  reader: Reader,
): MessageInitShape<typeof TicketSchema> {
  return {
    ticketId: ticket.ticketId,
    ticketNumber: ticketNumber(bookingCode, position),
    state: Ticket_State[ticket.state],
    code: reader === 'PASSENGER' ? ticket.code : '',
    boardTime: timestampOrNone(ticket.boardTime),
  }
}

/** Money on its way back of all payments together: settled once all of it is. */
function refundToProto(refunds: readonly Refund[]) {
  const last = refunds.at(-1)
  if (!last) return undefined
  const settled = refunds.flatMap(({ settleTime }) => settleTime ?? []).sort((a, b) => a.getTime() - b.getTime())
  const amounts = refunds.map(({ amount }) => amount)
  return {
    refundId: last.refundId,
    amount: moneyToProto(sum(last.amount.currency, amounts)),
    createTime: timestampFromDate(last.createTime),
    settleTime: settled.length === refunds.length ? timestampOrNone(settled.at(-1)) : undefined,
  }
}

function changeFields({ replaces, replacedById, open }: Booking) {
  return {
    replacesBookingId: replaces?.bookingId ?? '',
    credit: replaces && moneyToProto(replaces.credit),
    changeFee: replaces && moneyToProto(replaces.fee),
    replacedByBookingId: replacedById ?? '',
    openExpireTime: timestampOrNone(open?.expireTime),
    openValue: open && moneyToProto(open.value),
  }
}

/** A line of a crew's list. Who may not read sales sees enough of a phone number to recognise it, too little to call it. */
export function manifestToProto(line: ManifestLine, reader: Session): MessageInitShape<typeof ManifestEntrySchema> {
  return {
    ticket: ticketToProto(line, line.bookingCode, line.position, 'STAFF'),
    passengerName: line.passengerName,
    seatLabel: line.seatLabel,
    seatClass: classToProto(line.seatClass),
    fromSequence: line.fromSequence,
    toSequence: line.toSequence,
    bookingCode: line.bookingCode,
    phone: reader.can('ticketing.sales.read') ? line.phone : masked(line.phone),
  }
}

function timestampOrNone(instant: Date | undefined) {
  return instant && timestampFromDate(instant)
}
