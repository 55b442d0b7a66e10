import { timestampDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { placements, type Suite, type Who } from '#kit/testing'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import {
  TripCancelledSchema,
  TripDelayedSchema,
  TripScheduledSchema,
  TripStatusChangedSchema,
} from '#gen/tms/company/v1/events_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { type Booking, Booking_State as State, Ticket_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { ChooseTripRequest_Answer as Answer, DisruptionService } from '#gen/tms/ticketing/v1/disruption_service_pb.ts'
import {
  BookingCancelledSchema,
  BookingChangedSchema,
  RideTimeChanged_Cause as Cause,
  RideTimeChangedSchema,
  SeatsLostSchema,
  TicketIssuedSchema,
  TicketVoidedSchema,
  TripChoiceOfferedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { TripChoice_Decider as Decider, TripChoice_State as Choice } from '#gen/tms/ticketing/v1/trip_choice_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { doubleSales } from './testing/faults.ts'
import { coachSeats, type Company, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, payAtCounter, PHONE, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]
const HOUR = 3_600
const memory = { placements: ['memory' as const] }

/** The company cancels a trip of its own. */
async function cancel(suite: Suite, { tenantId }: Company, tripId: string, togetherTripIds: readonly string[] = []) {
  const event = { tenantId, tripId, revision: 5n, reason: 'landslide', togetherTripIds: [...togetherTripIds] }
  await suite.publish(TripCancelledSchema, tripId, event)
  await suite.settle()
}

const read = async (suite: Suite, who: Who, bookingId: string): Promise<Booking> =>
  (await suite.client(TicketingService, who).getBooking({ bookingId })).booking!

const keyOf = ({ bookingCode }: Booking) => ({ bookingCode, phone: PHONE })
const answer = (booking: Booking, choice: Answer) => ({ idempotencyKey: newId(), ...keyOf(booking), answer: choice })
const labels = (booking: Booking) => booking.passengers.map(({ seatLabel }) => seatLabel).join(' ')

async function reportOf(suite: Suite, { tenantId }: Company, tripId: string) {
  const desk = suite.client(DisruptionService, { ...staff(tenantId) })
  return desk.getCancellationReport({ tripId })
}

placements(
  'a delay is shown in the search, and everybody who has paid and waits is told once of it, and of its end, and may leave until the bus goes [S1-38]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId] = await putOnSale(suite, tripOf(company))
    const [aline, eric, diane] = [passenger(), passenger(), passenger()]
    const far = await bought(suite, aline, holdOf(tripId!, '3A'))
    const onBoard = await bought(suite, diane, holdOf(tripId!, '4A'))
    await held(suite.client(TicketingService, eric), holdOf(tripId!, '5A'))
    const crew = suite.client(TicketingService, staff(tenantId))
    const code = onBoard.passengers[0]!.ticket!.code
    await crew.boardTicket({ scanId: newId(), tripId: tripId!, code, stopSequence: 0 })
    const late = { tenantId, tripId: tripId!, revision: 3n, delayMinutes: 40, reason: 'road works' }
    await suite.publish(TripDelayedSchema, tripId!, late)
    // An older word that comes later, and the same again, are no news.
    await suite.publish(TripDelayedSchema, tripId!, { ...late, revision: 2n, delayMinutes: 10 })
    await suite.publish(TripDelayedSchema, tripId!, late)
    await suite.settle()

    const told = await suite.published(RideTimeChangedSchema)
    expect(told).toMatchObject([
      {
        bookingId: far.bookingId,
        delayMinutes: 40,
        reason: 'road works',
        cause: Cause.DELAY,
        notice: { language: 'rw' },
      },
    ])
    expect(timestampDate(told[0]!.oldDepartureTime!).toISOString()).toBe('2026-11-20T08:00:00.000Z')
    expect(timestampDate(told[0]!.newDepartureTime!).toISOString()).toBe('2026-11-20T08:40:00.000Z')
    const search = {
      origin: { place: { case: 'text', value: 'Kigali' } },
      destination: { place: { case: 'text', value: 'Huye' } },
      serviceDate: '2026-11-20',
    } as const
    const { offers } = await suite.client(TicketingService).searchTrips(search)
    expect(offers).toMatchObject([{ tripId, delayMinutes: 40, delayReason: 'road works' }])
    expect((await read(suite, aline, far.bookingId)).delayMinutes).toBe(40)

    await suite.publish(TripDelayedSchema, tripId!, { ...late, revision: 4n, delayMinutes: 0, reason: '' })
    await suite.settle()
    expect((await suite.published(RideTimeChangedSchema)).map(({ delayMinutes }) => delayMinutes)).toEqual([40, 0])

    // Whoever waits for a late bus may still leave, until it goes; early or late as that is.
    const [desk, { bookingId }] = [suite.client(TicketingService, aline), far]
    suite.clock.set('2026-11-20T08:10:00Z')
    expect(await refusal(desk.quoteCancellation({ bookingId }))).toBe('CANCEL_TOO_LATE')
    await suite.publish(TripDelayedSchema, tripId!, { ...late, revision: 5n })
    await suite.settle()
    expect(await desk.quoteCancellation({ bookingId })).toMatchObject({ refund: far.total, fee: { units: 0n } })
    await suite.publish(TripStatusChangedSchema, tripId!, {
      tenantId,
      tripId: tripId!,
      revision: 6n,
      newState: TripState.DEPARTED,
    })
    await suite.settle()
    expect(await refusal(desk.cancelBooking({ idempotencyKey: newId(), bookingId }))).toBe('CANCEL_TOO_LATE')
  },
  { env: { TICKETING_SEARCH_CACHE_SECONDS: '0' }, placements: ['memory'] },
)

placements(
  'who has paid is told when the timetable moves the trip, and the list of bookings follows',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const who = passenger()
    const { bookingId } = await bought(suite, who, holdOf(tripId!, '3A', [1, 3]))
    const moved = tripOf(company, { tripId: tripId!, leaves: 12 * HOUR, revision: 2n })
    await putOnSale(suite, moved)
    await suite.publish(TripScheduledSchema, tripId!, moved)
    await suite.settle()
    const told = await suite.published(RideTimeChangedSchema)
    expect(told).toMatchObject([{ bookingId, cause: Cause.TIMETABLE, delayMinutes: 0 }])
    expect(timestampDate(told[0]!.newDepartureTime!).toISOString()).toBe('2026-11-20T11:00:00.000Z')
    const [row] = await suite.sql('ticketing')`select departure_time from booking where booking_id = ${bookingId}`
    expect(new Date(String(row?.['departure_time'])).toISOString()).toBe('2026-11-20T11:00:00.000Z')
  },
  memory,
)

placements(
  'the passengers of a cancelled trip are asked once; who rides on gets tickets for the next trip, who does not gets the money back, and the money adds up [S1-38][S2-41]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const soon = tripOf(company)
    const later = tripOf(company, { leaves: 14 * HOUR })
    const latest = tripOf(company, { leaves: 18 * HOUR })
    const [tripId, nextId] = await putOnSale(suite, soon, later, latest)
    const [aline, eric, diane, late] = [passenger(), passenger(), passenger(), passenger()]
    const rides = await bought(suite, aline, holdOf(tripId!, '3A 3B'))
    const leaves = await bought(suite, eric, holdOf(tripId!, '1A', [0, 2]))
    const silent = await bought(suite, diane, holdOf(tripId!, '5A', [1, 3]))
    await bought(suite, late, holdOf(nextId!, '3A 3B 3C'))
    await cancel(suite, company, tripId!)

    const asked = await suite.published(TripChoiceOfferedSchema)
    expect(asked.map((one) => one.bookingId).sort()).toEqual([rides, leaves, silent].map((one) => one.bookingId).sort())
    expect(asked.every((one) => one.replacementTripId === nextId && one.reason === 'landslide')).toBe(true)
    expect(await suite.published(BookingCancelledSchema)).toEqual([])
    expect(await suite.published(TicketVoidedSchema)).toHaveLength(4)
    const before = await read(suite, aline, rides.bookingId)
    expect(before).toMatchObject({ state: State.CONFIRMED, awaitsChoice: true })
    expect(before.passengers[0]?.ticket?.state).toBe(Ticket_State.VOID)

    const guest = suite.client(DisruptionService)
    const { choice } = await guest.getTripChoice(keyOf(rides))
    expect(choice).toMatchObject({ state: Choice.OPEN, replacementTripId: nextId, seatLabels: ['2A', '2B'] })
    expect(timestampDate(choice!.deadlineTime!).toISOString()).toBe('2026-11-20T11:55:00.000Z')
    expect(await refusal(guest.getTripChoice({ ...keyOf(rides), phone: '+250788999999' }))).toBe('BOOKING_UNKNOWN')
    expect(
      await refusal(suite.client(TicketingService, aline).releaseHold({ bookingId: choice!.replacementBookingId })),
    ).toBe('NOT_HELD')
    expect((await suite.client(TicketingService, aline).listBookings({})).bookings).toHaveLength(1)
    expect((await reportOf(suite, company, tripId!)).report).toMatchObject({ soldCount: 3, waitingCount: 3 })

    const yes = answer(rides, Answer.MOVE)
    const { booking: moved } = await guest.chooseTrip(yes)
    expect(moved).toMatchObject({ state: State.CONFIRMED, tripId: nextId, replacesBookingId: rides.bookingId })
    expect(labels(moved!)).toBe('2A 2B')
    expect(moved?.total).toEqual(rides.total)
    expect((await guest.chooseTrip(yes)).booking).toEqual(moved)
    expect(await refusal(guest.chooseTrip(answer(rides, Answer.REFUND)))).toBe('CHOICE_OVER')
    await guest.chooseTrip(answer(leaves, Answer.REFUND))
    await suite.settle()
    const crew = suite.client(TicketingService, staff(company.tenantId))
    const scan = (trip: string, code: string) =>
      crew.boardTicket({ scanId: newId(), tripId: trip, code, stopSequence: 0 })
    expect(await refusal(scan(tripId!, rides.passengers[0]!.ticket!.code))).toBe('TICKET_VOID')
    expect((await scan(nextId!, moved!.passengers[0]!.ticket!.code)).entry?.seatLabel).toBe('2A')

    // Nobody answers for the third, who gets on an hour later: at the deadline the money goes back, however often the job runs.
    suite.clock.set('2026-11-20T12:55:00Z')
    await suite.runJob('ticketing', 'expire-holds')
    await suite.runJob('ticketing', 'settle-choices')
    await suite.runJob('ticketing', 'settle-choices')
    await suite.settle()
    expect(await refusal(guest.chooseTrip(answer(silent, Answer.MOVE)))).toBe('CHOICE_OVER')
    const ended = await suite.published(BookingCancelledSchema)
    expect(ended.map((one) => one.bookingId).sort()).toEqual([leaves.bookingId, silent.bookingId].sort())
    const taken = { oldBookingId: rides.bookingId, newBookingId: moved!.bookingId, fee: { units: 0n } }
    expect(await suite.published(BookingChangedSchema)).toMatchObject([taken])
    expect(await suite.published(TicketIssuedSchema)).toHaveLength(5)

    const { report, choices } = await reportOf(suite, company, tripId!)
    expect(report).toMatchObject({
      soldCount: 3,
      sold: { units: 6_000n + 3_000n + 2_000n },
      movedCount: 1,
      moved: { units: 6_000n },
      refundedCount: 2,
      refunded: { units: 5_000n },
      waitingCount: 0,
      lateCount: 0,
    })
    expect(choices.map(({ decider }) => decider).sort()).toEqual([
      Decider.PASSENGER,
      Decider.PASSENGER,
      Decider.DEADLINE,
    ])
    expect(await refusal(reportOf(suite, company, nextId!))).toBe('TRIP_RUNS')
    expect(await refusal(reportOf(suite, newCompany(), tripId!))).toBe('TRIP_UNKNOWN')
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
  { placements: ['network'] },
)

placements(
  'seats that were kept for a choice and are lost again, by a cancellation or a smaller bus, are kept on a further trip, else the money goes back',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const trips = [10, 14, 16, 18].map((hour) => tripOf(company, { leaves: hour * HOUR }))
    const [tripId, nextId, thirdId, fourthId] = await putOnSale(suite, ...trips)
    const who = passenger()
    const booking = await bought(suite, who, holdOf(tripId!, '9A'))
    // The third is cancelled in the same step: it is no help, whichever news comes first.
    await cancel(suite, company, tripId!, [thirdId!])
    const guest = suite.client(DisruptionService)
    const kept = async () => (await guest.getTripChoice(keyOf(booking))).choice
    expect(await kept()).toMatchObject({ replacementTripId: nextId, state: Choice.OPEN })
    await cancel(suite, company, thirdId!, [tripId!])

    // A bus of one seat takes over, and somebody has bought it.
    await bought(suite, passenger(), holdOf(nextId!, '3A'))
    const oneSeat = coachSeats().filter(({ label }) => label === '3A')
    await putOnSale(suite, tripOf(company, { tripId: nextId!, leaves: 14 * HOUR, seats: oneSeat, revision: 2n }))
    expect(await kept()).toMatchObject({ replacementTripId: fourthId, state: Choice.OPEN })
    expect(await suite.published(TripChoiceOfferedSchema)).toHaveLength(2)

    await cancel(suite, company, fourthId!)
    expect(await kept()).toMatchObject({ state: Choice.WITHDRAWN, decider: Decider.TRIP })
    const ended = await read(suite, who, booking.bookingId)
    expect(ended).toMatchObject({ state: State.CANCELLED, refund: { amount: { units: 3_000n } } })
    expect((await reportOf(suite, company, tripId!)).report).toMatchObject({ soldCount: 1, refundedCount: 1 })
    expect(await refusal(guest.chooseTrip(answer(booking, Answer.MOVE)))).toBe('CHOICE_OVER')
  },
  memory,
)

placements(
  'a booking that is cancelled while its passenger is asked is paid back in full, and the kept seats are free again',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId, nextId] = await putOnSale(suite, tripOf(company), tripOf(company, { leaves: 14 * HOUR }))
    const who = passenger()
    const booking = await bought(suite, who, holdOf(tripId!, '3A'))
    const bystander = await bought(suite, passenger(), holdOf(nextId!, '9A'))
    await cancel(suite, company, tripId!)
    expect(await refusal(suite.client(DisruptionService).getTripChoice(keyOf(bystander)))).toBe('NO_CHOICE')
    suite.clock.set('2026-11-20T08:30:00Z') // after the departure that is off
    const desk = suite.client(TicketingService, who)
    const { booking: ended } = await desk.cancelBooking({ idempotencyKey: newId(), bookingId: booking.bookingId })
    expect(ended).toMatchObject({ state: State.CANCELLED, refund: { amount: { units: 3_000n } } })
    await suite.settle()
    await held(suite.client(TicketingService, passenger()), holdOf(nextId!, '3A'))
    const { choice } = await suite.client(DisruptionService).getTripChoice(keyOf(booking))
    expect(choice).toMatchObject({ state: Choice.REFUNDED, decider: Decider.CANCELLATION })
    expect(await suite.published(BookingCancelledSchema)).toHaveLength(1)
    const { paymentIntent } = await suite
      .client(PaymentService, who)
      .getPaymentIntent({ paymentIntentId: booking.paymentIntentId })
    expect(paymentIntent?.refundedAmount?.units).toBe(3_000n)
  },
  memory,
)

/** So many have held a seat and are paying it when the trip is cancelled; the next trip has room for fewer. */
const PAYING = 50
const ROOM = 20

placements(
  'cancel while callbacks arrive: fifty payments are in flight, and each ends as a refund or as a moved booking, none lost and none both [S1-71]',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const seats = Array.from({ length: PAYING }, (_, i) => ({
      ...{ label: `S${i}`, seatClass: SeatClass.STANDARD, deck: 0, row: Math.floor(i / 4), column: i % 4 },
    }))
    const [tripId, nextId] = await putOnSale(
      suite,
      tripOf(company, { seats }),
      tripOf(company, { seats: seats.slice(0, ROOM), leaves: 14 * HOUR }),
    )
    const people = seats.map(({ label }) => ({ who: passenger(), label }))
    const bookings = await Promise.all(
      people.map(({ who, label }) => held(suite.client(TicketingService, who), holdOf(tripId!, label))),
    )
    const { tenantId } = company
    const gone = { tenantId, tripId: tripId!, revision: 5n, reason: 'landslide' }
    // The first are paid before anybody hears of the cancellation, the others while it is worked on and after.
    const early = bookings.slice(0, PAYING / 2)
    const payments = early.map((booking) => payAtCounter(suite, booking))
    await Promise.all(payments.slice(0, 10))
    const cancelled = suite.publish(TripCancelledSchema, tripId!, gone)
    payments.push(...bookings.slice(PAYING / 2).map((booking) => payAtCounter(suite, booking)))
    await Promise.all([...payments, cancelled])
    await suite.settle()

    // Every second one of those who are asked rides on; the others never answer.
    const asked = await suite.published(TripChoiceOfferedSchema)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.length).toBeLessThanOrEqual(ROOM)
    const guest = suite.client(DisruptionService)
    const riding = asked.filter((_, i) => i % 2 === 0)
    await Promise.all(
      riding.map(({ bookingCode }) =>
        guest.chooseTrip({ idempotencyKey: newId(), bookingCode, phone: PHONE, answer: Answer.MOVE }),
      ),
    )
    suite.clock.set('2026-11-20T11:55:00Z')
    await suite.runJob('ticketing', 'settle-choices')
    await suite.settle()
    await suite.runJob('ticketing', 'send-refunds')
    await suite.settle()

    const sql = suite.sql('ticketing')
    const ends = await sql<{ booking_id: string; refunds: number; moves: number }[]>`
      select b.booking_id, (select count(*)::int from refund r where r.payment_intent_id = b.payment_intent_id) as refunds,
        (select count(*)::int from booking m where m.replaces_booking_id = b.booking_id and m.state = 'CONFIRMED') as moves
      from booking b where b.trip_id = ${tripId!}`
    expect(ends).toHaveLength(PAYING)
    expect(ends.filter(({ refunds, moves }) => refunds + moves !== 1)).toEqual([])
    expect(ends.filter(({ moves }) => moves === 1)).toHaveLength(riding.length)
    const { report } = await reportOf(suite, company, tripId!)
    const { sold, refunded, moved, waiting, late, soldCount, lateCount } = report!
    expect(sold!.units).toBe(refunded!.units + moved!.units + waiting!.units)
    expect(soldCount + lateCount).toBe(PAYING)
    // Ticketing's books and the payment service's agree, to the franc.
    const [paid] = await suite.sql('payment')<{ captured: string; back: string }[]>`
      select sum(captured_minor)::text as captured, sum(refunded_minor)::text as back
      from payment_intent where tenant_id = ${tenantId}`
    expect(BigInt(paid!.back)).toBe(refunded!.units + late!.units)
    expect(BigInt(paid!.captured) - BigInt(paid!.back)).toBe(moved!.units)
    const told = await suite.published(BookingCancelledSchema)
    const lost = await suite.published(SeatsLostSchema)
    expect(new Set([...told, ...lost].map(({ bookingId }) => bookingId)).size).toBe(PAYING - riding.length)
    expect(told.length + lost.length).toBe(PAYING - riding.length)
    const { entries } = await suite
      .client(TicketingService, staff(tenantId))
      .listTripTickets({ tripId: nextId!, pageSize: 200 })
    expect(entries).toHaveLength(riding.length)
    expect(await doubleSales(sql)).toBe(0)
  },
  // Fifty bookings and payments take their time on a machine that does other things too.
  { ...memory, sendTwice: false, timeoutMs: 120_000 },
)
