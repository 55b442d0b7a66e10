import type { Client } from '@connectrpc/connect'
import { expect } from 'vitest'
import { placements, type Suite, type Who } from '#kit/testing'
import { TripStatusChangedSchema } from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { BookingChange_Kind as Kind } from '#gen/tms/ticketing/v1/booking_change_pb.ts'
import { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { type Booking, Booking_State as State, Ticket_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import {
  BookingCancelledSchema,
  BookingChangedSchema,
  BookingOpenedSchema,
  BookingTransferredSchema,
  TicketIssuedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { doubleSales } from './testing/faults.ts'
import { coachSeats, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, pay, PHONE, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
/** Many calls of many services: on a busy machine that takes its time. */
const patient = { timeoutMs: 120_000 }
const rwf = (units: number) => ({ currencyCode: 'RWF', units: BigInt(units) })
const company = newCompany()

type Changes = Client<typeof BookingChangeService>

/** A ride of a trip, for the whole road unless legs are given. */
const rideOn = (tripId: string, labels: string, legs: readonly [number, number] = [0, 3]) => ({
  tripId,
  fromSequence: legs[0],
  toSequence: legs[1],
  seatLabels: labels.split(' '),
})

/** Changes a booking at the price that is quoted. */
async function change(desk: Changes, bookingId: string, ride: ReturnType<typeof rideOn>): Promise<Booking> {
  const { quote } = await desk.quoteChange({ bookingId, ride })
  const shown = { expectedAmountDue: quote!.amountDue!, expectedRefund: quote!.refund! }
  const { booking } = await desk.changeBooking({ newBookingId: newId(), bookingId, ride, ...shown })
  return booking!
}

async function bookingOf(suite: Suite, who: Who, { bookingId }: { readonly bookingId: string }) {
  const { booking } = await suite.client(TicketingService, who).getBooking({ bookingId })
  return booking!
}

const seatsOf = (booking: Booking) => booking.passengers.map((one) => one.seatLabel).join(' ')

/** Lets somebody on the bus by the code of the first ticket. */
function scan(suite: Suite, booking: Booking) {
  const crew = suite.client(TicketingService, staff(company.tenantId))
  const code = booking.passengers[0]!.ticket!.code
  return crew.boardTicket({ scanId: newId(), tripId: booking.tripId, code, stopSequence: booking.origin!.sequence })
}

/** What was taken and given back for some bookings, by payment. */
async function moneyOf(suite: Suite, who: Who, bookings: readonly Booking[]) {
  const desk = suite.client(PaymentService, who)
  return Promise.all(
    bookings.map(async ({ paymentIntentId }) => {
      const { paymentIntent: one } = await desk.getPaymentIntent({ paymentIntentId })
      return [Number(one?.capturedAmount?.units ?? 0n), Number(one?.refundedAmount?.units ?? 0n)]
    }),
  )
}

placements(
  'a dearer change is held at the price quoted, the old booking counts until it is paid, then the new one does; one message tells it',
  suiteOf,
  async (suite) => {
    const [first, later] = await putOnSale(suite, tripOf(company), tripOf(company, { leaves: 15 * 3_600 }))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    const old = await bought(suite, who, holdOf(first!, '9A 9B'))
    const ride = rideOn(later!, '1A 2A')

    const { quote } = await desk.quoteChange({ bookingId: old.bookingId, ride })
    expect(quote).toMatchObject({
      ...{ credit: rwf(6_000), newTotal: rwf(7_500), fee: rwf(0), amountDue: rwf(1_500), refund: rwf(0) },
      lines: [{ seatLabel: '1A' }, { seatLabel: '2A' }],
    })
    const ask = { newBookingId: newId(), bookingId: old.bookingId, ride, expectedRefund: rwf(0) }
    expect(await refusal(desk.changeBooking({ ...ask, expectedAmountDue: rwf(1_400) }))).toBe('FARE_CHANGED')
    const next = await change(desk, old.bookingId, ride)
    expect(next).toMatchObject({
      ...{ state: State.HELD, amountDue: rwf(1_500), total: rwf(7_500), credit: rwf(6_000) },
      replacesBookingId: old.bookingId,
    })
    expect((await bookingOf(suite, who, old)).state).toBe(State.CONFIRMED)

    await pay(suite, next)
    const after = await bookingOf(suite, who, next)
    expect(after).toMatchObject({ state: State.CONFIRMED, replacesBookingId: old.bookingId })
    expect(after.passengers.map(({ name }) => name)).toEqual(['Passenger of 9A', 'Passenger of 9B'])
    expect(await bookingOf(suite, who, old)).toMatchObject({
      ...{ state: State.CANCELLED, cancelCause: CancelCause.CHANGE, replacedByBookingId: next.bookingId },
      passengers: [{ ticket: { state: Ticket_State.VOID } }, { ticket: { state: Ticket_State.VOID } }],
    })
    expect(await refusal(scan(suite, old))).toBe('TICKET_VOID')
    expect((await scan(suite, after)).entry?.seatLabel).toBe('1A')
    await held(suite.client(TicketingService, passenger()), holdOf(first!, '9A 9B'))

    const told = await suite.published(TicketIssuedSchema)
    expect(told.map(({ bookingId, changedBookingCode }) => [bookingId, changedBookingCode])).toEqual([
      [old.bookingId, ''],
      [next.bookingId, old.bookingCode],
    ])
    expect(await suite.published(BookingCancelledSchema)).toEqual([])
    expect(await suite.published(BookingChangedSchema)).toMatchObject([
      { oldBookingId: old.bookingId, newBookingId: next.bookingId, amountDue: rwf(1_500), refund: rwf(0) },
    ])
    expect(await moneyOf(suite, who, [old, next])).toEqual([
      [6_000, 0],
      [1_500, 0],
    ])
    expect(await refusal(desk.quoteChange({ bookingId: next.bookingId, ride }))).toBe('CHANGE_TOO_LATE')
    const { changes } = await desk.listBookingChanges({ bookingId: next.bookingId })
    expect(changes).toMatchObject([{ kind: Kind.REPLACES, otherBookingCode: old.bookingCode, amountDue: rwf(1_500) }])
  },
)

placements(
  'a cheaper change is done at once, keeps seats of its own, and gives back the difference; a later cancellation empties every payment',
  suiteOf,
  async (suite) => {
    const [tripId, later] = await putOnSale(suite, tripOf(company), tripOf(company, { leaves: 15 * 3_600 }))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    const first = await bought(suite, who, holdOf(tripId!, '3A 3B'))
    const second = await change(desk, first.bookingId, rideOn(tripId!, '3A 3C', [0, 2]))
    await suite.advance({ seconds: 5 })
    expect(second).toMatchObject({ state: State.CONFIRMED, total: rwf(4_000), amountDue: rwf(0) })
    expect(seatsOf(second)).toBe('3A 3C')
    expect(second.passengers.every(({ ticket }) => ticket?.state === Ticket_State.ISSUED)).toBe(true)
    expect((await bookingOf(suite, who, first)).refund).toMatchObject({ amount: rwf(2_000) })
    expect(await moneyOf(suite, who, [first])).toEqual([[6_000, 2_000]])

    const third = await change(desk, second.bookingId, rideOn(later!, '1A 1B'))
    expect(third).toMatchObject({ state: State.HELD, amountDue: rwf(5_000) })
    await pay(suite, third)
    const { booking } = await suite
      .client(TicketingService, who)
      .cancelBooking({ idempotencyKey: newId(), bookingId: third.bookingId })
    expect(booking?.refund?.amount).toMatchObject(rwf(9_000))
    await suite.advance({ seconds: 5 })
    expect(await moneyOf(suite, who, [first, third])).toEqual([
      [6_000, 6_000],
      [5_000, 5_000],
    ])
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
)

placements(
  'a change that is not paid in time leaves the old booking as it was; of two changes the newer counts, and money for the other goes back',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(company))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    const old = await bought(suite, who, holdOf(tripId!, '9A'))
    const forgotten = await change(desk, old.bookingId, rideOn(tripId!, '1A'))
    const before = suite.clock.now()
    suite.clock.advance({ minutes: 10 })
    await suite.runJob('ticketing', 'expire-holds')
    expect((await bookingOf(suite, who, old)).state).toBe(State.CONFIRMED)
    expect((await bookingOf(suite, who, forgotten)).state).toBe(State.EXPIRED)
    suite.clock.set(before)

    const [one, two] = [
      await change(desk, old.bookingId, rideOn(tripId!, '1B')),
      await change(desk, old.bookingId, rideOn(tripId!, '1C')),
    ]
    expect((await bookingOf(suite, who, one)).state).toBe(State.RELEASED)
    // The payer's phone had the prompts of the first two all along: both are approved, the one before the newest, the other after it.
    await pay(suite, forgotten)
    expect((await bookingOf(suite, who, forgotten)).state).toBe(State.CONFIRMED)
    expect((await bookingOf(suite, who, two)).state).toBe(State.RELEASED)
    expect((await bookingOf(suite, who, old)).replacedByBookingId).toBe(forgotten.bookingId)
    const [live] = await suite.sql('ticketing')<{ count: number }[]>`
      select count(*)::int from seat_claim where release_time is null`
    expect(live?.count).toBe(1)
  },
)

placements(
  'a booking is boarded or changed, swapped or changed, changed once: whatever comes at the same time',
  suiteOf,
  async (suite) => {
    const [tripId, later] = await putOnSale(suite, tripOf(company), tripOf(company, { leaves: 15 * 3_600 }))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    for (const label of ['5A', '5B']) {
      const old = await bought(suite, who, holdOf(tripId!, label))
      const [boarded, changed] = await Promise.allSettled([
        scan(suite, old),
        change(desk, old.bookingId, rideOn(later!, label)),
      ])
      expect([boarded.status, changed.status].sort()).toEqual(['fulfilled', 'rejected'])
      const state = boarded.status === 'fulfilled' ? State.CONFIRMED : State.CANCELLED
      expect((await bookingOf(suite, who, old)).state).toBe(state)
    }
    const old = await bought(suite, who, holdOf(tripId!, '6A'))
    const clicks = await Promise.allSettled(
      ['7A', '7B', '7C'].map((label) => change(desk, old.bookingId, rideOn(later!, label))),
    )
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)

    const moved = await bought(suite, who, holdOf(tripId!, '8A'))
    const seats = coachSeats().filter(({ label }) => label !== '8A')
    const swap = putOnSale(suite, tripOf(company, { tripId: tripId!, seats, busPlate: 'RAD777Z', revision: 2n }))
    await Promise.allSettled([swap, change(desk, moved.bookingId, rideOn(later!, '8A'))])
    await suite.settle()
    const sql = suite.sql('ticketing')
    expect(await doubleSales(sql)).toBe(0)
    const [tickets] = await sql<{ bookings: number; tickets: number; claims: number }[]>`
      select (select sum(seat_count)::int from booking where state = 'CONFIRMED') as bookings,
        (select count(*)::int from ticket where state <> 'VOID') as tickets,
        (select count(*)::int from seat_claim where release_time is null) as claims`
    expect(tickets).toEqual({ bookings: tickets!.bookings, tickets: tickets!.bookings, claims: tickets!.bookings })
  },
  patient,
)

placements(
  'nothing is changed once the bus has left, by others, to another company, or for other than the passengers there are',
  suiteOf,
  async (suite) => {
    const other = newCompany()
    const [tripId, theirs] = await putOnSale(suite, tripOf(company), tripOf(other))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    const { bookingId } = await bought(suite, who, holdOf(tripId!, '9A'))
    const quote = (ride: ReturnType<typeof rideOn>, by = desk) => refusal(by.quoteChange({ bookingId, ride }))
    expect(await quote(rideOn(theirs!, '9A'))).toBe('OTHER_COMPANY')
    expect(await quote(rideOn(tripId!, '9A 9B'))).toBe('SEAT_COUNT_WRONG')
    const stranger = suite.client(BookingChangeService, passenger())
    expect(await quote(rideOn(tripId!, '9B'), stranger)).toBe('BOOKING_UNKNOWN')
    const rival = suite.client(BookingChangeService, staff(other.tenantId))
    expect(await quote(rideOn(tripId!, '9B'), rival)).toBe('BOOKING_UNKNOWN')
    await suite.publish(TripStatusChangedSchema, tripId!, {
      ...{ tenantId: company.tenantId, tripId: tripId!, revision: 2n },
      newState: TripState.DEPARTED,
    })
    await suite.settle()
    const [later] = await putOnSale(suite, tripOf(company, { leaves: 15 * 3_600 }))
    expect(await quote(rideOn(later!, '9B'))).toBe('CHANGE_TOO_LATE')
    expect(await refusal(desk.quoteOpening({ bookingId }))).toBe('CHANGE_TOO_LATE')
  },
)

placements(
  'an open ticket keeps its worth without a seat until it ends, and becomes a booking again when a seat is chosen',
  suiteOf,
  async (suite) => {
    const [tripId, later] = await putOnSale(suite, tripOf(company), tripOf(company, { serviceDate: '2026-12-24' }))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    const open = async (label: string) => {
      const { bookingId } = await bought(suite, who, holdOf(tripId!, label))
      const { fee, value } = await desk.quoteOpening({ bookingId })
      expect(value).toMatchObject(rwf(3_000))
      const { booking } = await desk.openBooking({ idempotencyKey: newId(), bookingId, expectedFee: fee! })
      return booking!
    }
    const [used, wasted] = [await open('9A'), await open('9B')]
    expect(used).toMatchObject({ state: State.OPEN, openValue: rwf(3_000) })
    expect(used.passengers[0]?.ticket?.state).toBe(Ticket_State.VOID)
    await held(suite.client(TicketingService, passenger()), holdOf(tripId!, '9A'))
    expect(await suite.published(BookingOpenedSchema)).toHaveLength(2)
    const cancel = { idempotencyKey: newId(), bookingId: used.bookingId }
    expect(await refusal(suite.client(TicketingService, who).cancelBooking(cancel))).toBe('NOT_CONFIRMED')

    suite.clock.advance({ days: 30 })
    const { bookings } = await suite.client(TicketingService, who).listBookings({ period: 1 })
    expect(bookings.map(({ bookingId }) => bookingId).sort()).toEqual([used.bookingId, wasted.bookingId].sort())
    const booking = await change(desk, used.bookingId, rideOn(later!, '2A', [0, 2]))
    expect(booking).toMatchObject({ state: State.CONFIRMED, total: rwf(2_000), credit: rwf(3_000) })
    await suite.advance({ seconds: 5 })
    expect(await moneyOf(suite, who, [used])).toEqual([[3_000, 1_000]])
    suite.clock.advance({ days: 61 })
    expect((await bookingOf(suite, who, wasted)).state).toBe(State.EXPIRED)
    const ride = rideOn(later!, '2B', [0, 2])
    expect(await refusal(desk.quoteChange({ bookingId: wasted.bookingId, ride }))).toBe('NOT_CHANGEABLE')
  },
)

placements(
  'names are corrected with new tickets; a booking that was given away is seen by its new holder alone, who claims it once',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(company))
    const who = passenger()
    const desk = suite.client(BookingChangeService, who)
    const old = await bought(suite, who, holdOf(tripId!, '9A 9B'))
    const { bookingId, bookingCode } = old
    const pending = await change(desk, bookingId, rideOn(tripId!, '1A 1B'))
    const rename = { idempotencyKey: newId(), bookingId, names: ['Aline Uwase', 'Eric Mugabo'] }
    expect(await refusal(desk.renamePassengers({ ...rename, names: ['Aline'] }))).toBe('SEAT_COUNT_WRONG')
    const { booking: renamed } = await desk.renamePassengers(rename)
    expect(renamed?.passengers.map(({ name }) => name)).toEqual(rename.names)
    expect((await bookingOf(suite, who, pending)).state).toBe(State.RELEASED)
    await suite.settle()
    expect(await refusal(scan(suite, old))).toBe('TICKET_VOID')

    const phone = '+250722000111'
    const { booking: given } = await desk.transferBooking({
      ...{ idempotencyKey: newId(), bookingId, names: ['Jeanne', 'Paul'] },
      contact: { phone, email: '', language: 'fr' },
    })
    expect(given?.passengers.map(({ ticket }) => ticket?.code)).toEqual(['', ''])
    await suite.settle()
    const mine = suite.client(TicketingService, who)
    expect(await refusal(mine.getBooking({ bookingId }))).toBe('BOOKING_UNKNOWN')
    expect(await refusal(mine.findBooking({ bookingCode, phone: PHONE }))).toBe('BOOKING_UNKNOWN')
    expect(await refusal(scan(suite, renamed!))).toBe('TICKET_VOID')

    const [receiver, thief] = [passenger(), passenger()]
    const take = (by: Who, at: string) =>
      suite.client(BookingChangeService, by).claimBooking({ idempotencyKey: newId(), bookingCode, phone: at })
    expect(await refusal(take(who, PHONE))).toBe('BOOKING_UNKNOWN')
    const claimed = (await take(receiver, phone)).booking!
    expect(await refusal(take(thief, phone))).toBe('BOOKING_UNKNOWN')
    expect(await bookingOf(suite, receiver, claimed)).toMatchObject({ contact: { phone, language: 'fr' } })
    expect((await scan(suite, claimed)).entry?.passengerName).toBe('Jeanne')

    const told = (await suite.published(TicketIssuedSchema)).map((one) => [one.phone, one.changedBookingCode])
    expect(told).toEqual([
      [PHONE, ''],
      [PHONE, bookingCode],
      [phone, ''],
    ])
    expect(await suite.published(BookingTransferredSchema)).toMatchObject([{ notice: { phone: PHONE } }])
    const seller = suite.client(BookingChangeService, staff(company.tenantId))
    const { changes } = await seller.listBookingChanges({ bookingId })
    expect(changes.map(({ kind }) => kind)).toEqual([Kind.RENAMED, Kind.TRANSFERRED, Kind.CLAIMED])
  },
)
