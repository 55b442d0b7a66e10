import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { money, moneyToProto, type Tx, zero } from '#kit'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import {
  BookingCancelledSchema,
  BookingConfirmedSchema,
  CounterSaleConflictedSchema,
  TicketIssuedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { EntryOutcome } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import { ticketNumber } from '../../domain/booking_code.ts'
import type { Device } from '../../store/pos/devices.ts'
import { classToProto } from '../../wire/classes.ts'
import { noticeOf } from '../../wire/notice.ts'
import type { PlannedSale } from './plan_sales.ts'

/**
 * Tells of sales at a counter: that seats are sold, and of those that could not stand as they were made. Only passengers
 * who left a phone number are written to: the others have their ticket in hand.
 */
export async function tellSales(tx: Tx, device: Device, planned: readonly PlannedSale[]): Promise<void> {
  const seated = planned.filter(({ from }) => from !== 'NOWHERE')
  await tx.publishAll(
    BookingConfirmedSchema,
    seated.map((one) => ({ key: one.sale.saleId, message: confirmedOf(device, one) })),
  )
  await tx.publishAll(
    TicketIssuedSchema,
    seated
      .filter(({ sale }) => sale.phone !== '')
      .map((one) => ({ key: one.sale.saleId, message: issuedOf(device, one) })),
  )
  await tx.publishAll(
    BookingCancelledSchema,
    planned
      .filter(({ from, sale }) => from === 'NOWHERE' && sale.phone !== '')
      .map((one) => ({ key: one.sale.saleId, message: cancelledOf(device, one) })),
  )
  await tx.publishAll(
    CounterSaleConflictedSchema,
    planned
      .filter(({ result }) => result.outcome === 'RESEATED' || result.outcome === 'REFUND_QUEUED')
      .map((one) => ({ key: one.sale.saleId, message: conflictOf(device, one) })),
  )
}

function confirmedOf({ tenantId, deviceId }: Device, { sale, ride }: PlannedSale) {
  const { saleId, bookingCode, tripId, fromSequence, toSequence } = sale
  return {
    ...{ tenantId, bookingId: saleId, bookingCode, userId: deviceId, tripId, fromSequence, toSequence },
    serviceDate: ride.trip.serviceDate,
    seatCount: 1,
    total: priceOf(sale),
    confirmTime: timestampFromDate(sale.saleTime),
  }
}

function issuedOf({ tenantId, deviceId }: Device, { sale, ride, result }: PlannedSale) {
  const { saleId, bookingCode, tripId, phone, language, seatLabel, passengerName, ticket } = sale
  const { trip, origin, destination } = ride
  return {
    ...{ tenantId, bookingId: saleId, bookingCode, userId: deviceId, tripId, phone, language },
    companyName: trip.companyName,
    origin: origin.stopName,
    destination: destination.stopName,
    departureTime: timestampFromDate(origin.departureTime),
    timeZone: trip.timeZone,
    serviceDate: trip.serviceDate,
    busPlate: trip.busPlate,
    total: priceOf(sale),
    tickets: [
      {
        ticketId: ticket?.ticketId ?? '',
        ticketNumber: ticketNumber(bookingCode, 0),
        ...{ passengerName, seatLabel },
        seatClass: classToProto(sale.seatClass),
        code: ticket?.code ?? '',
      },
    ],
    reseated: result.outcome === 'RESEATED',
  }
}

/** The money is not on its way: it is paid out at the counter. */
function cancelledOf({ tenantId, deviceId }: Device, { sale, ride }: PlannedSale) {
  const { saleId, bookingCode, tripId, phone, language, currency } = sale
  return {
    ...{ tenantId, bookingId: saleId, bookingCode, tripId },
    notice: noticeOf({ userId: deviceId, phone, email: '', language }, ride),
    cause: CancelCause.COMPANY,
    reason: 'no seat is left: the counter gives the money back',
    total: priceOf(sale),
    refund: moneyToProto(zero(currency)),
    cancelTime: timestampFromDate(sale.saleTime),
  }
}

function conflictOf({ tenantId, deviceId }: Device, { sale, soldSeatLabel, result }: PlannedSale) {
  return {
    ...{ tenantId, deviceId, saleId: sale.saleId, tripId: sale.tripId },
    outcome: EntryOutcome[result.outcome],
    oldSeatLabel: soldSeatLabel,
    newSeatLabel: result.seatLabel,
    price: priceOf(sale),
  }
}

function priceOf({ currency, priceMinor }: PlannedSale['sale']) {
  return moneyToProto(money(currency, priceMinor))
}
