import { expect } from 'vitest'
import { metadataOf } from '#kit'
import { placements } from '#kit/testing'
import { TripCancelledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { SeatClass } from '#gen/tms/company/v1/layout_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { TenantResumedSchema, TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { BookingExpiredSchema, HoldReleasedSchema, SeatsHeldSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { MapSeat_State as Seat } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { forgetRedis, waitingForRow } from './testing/faults.ts'
import { allFares, newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { type Desk, held, type HoldInit, holdOf, passenger, refusal } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

/** Labels of the seats that are not free, with why. */
async function takenSeats(desk: Desk, tripId: string, legs: readonly [number, number]) {
  const { seats } = await desk.getSeatMap({ tripId, fromSequence: legs[0], toSequence: legs[1] })
  return Object.fromEntries(seats.filter((one) => one.state !== Seat.FREE).map((one) => [one.label, one.state]))
}

placements(
  'a held seat is refused to the next passenger, and free again when the hold has run out [S1-23]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const [first, second] = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
    const booking = await held(first!, holdOf(tripId!, '3B'))

    const refused = second!.holdSeats(holdOf(tripId!, '3A 3B'))
    await expect(refused).rejects.toSatisfy((err) => metadataOf(err)['seat'] === '3B')
    expect(await takenSeats(second!, tripId!, [0, 3])).toEqual({ '3B': Seat.HELD })

    await suite.advance({ minutes: 10 })
    expect(await suite.published(BookingExpiredSchema)).toMatchObject([
      { bookingId: booking.bookingId, notice: { language: 'rw', destination: 'Huye Bus Park' } },
    ])
    await held(second!, holdOf(tripId!, '3B'))
    const { booking: ended } = await first!.getBooking({ bookingId: booking.bookingId })
    expect(ended?.state).toBe(State.EXPIRED)
  },
)

placements(
  'a hold that ran out blocks nobody, also before the job has come by; the later claim has the higher fence [S1-09]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const [first, second] = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
    const before = await held(first!, holdOf(tripId!, '3B'))
    suite.clock.advance({ minutes: 10 })
    // The clock of the test runs ahead of Redis's own: there the countdown would be over as well.
    await forgetRedis(suite)
    expect(await takenSeats(second!, tripId!, [0, 3])).toEqual({})
    const { booking } = await first!.getBooking({ bookingId: before.bookingId })
    expect(booking?.state).toBe(State.EXPIRED)

    const after = await held(second!, holdOf(tripId!, '3B'))
    expect(after.fence).toBeGreaterThan(before.fence)
  },
)

placements('eight seats are held all together or not at all', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const [party, single] = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
  await held(single!, holdOf(tripId!, '4D'))
  expect(await refusal(party!.holdSeats(holdOf(tripId!, '3A 3B 3C 3D 4A 4B 4C 4D')))).toBe('SEAT_TAKEN')
  expect(await takenSeats(party!, tripId!, [0, 3])).toEqual({ '4D': Seat.HELD })
  const booking = await held(party!, holdOf(tripId!, '3A 3B 3C 3D 4A 4B 4C 5D'))
  expect(booking.passengers).toHaveLength(8)
})

placements('a seat is sold leg by leg: one gets off where the other gets on [S1-22][S2-34]', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const desk = suite.client(TicketingService, passenger())
  await held(desk, holdOf(tripId!, '3B', [0, 1]))
  await held(desk, holdOf(tripId!, '3B', [2, 3]))
  expect(await refusal(desk.holdSeats(holdOf(tripId!, '3B', [0, 2])))).toBe('SEAT_TAKEN')
  expect(await refusal(desk.holdSeats(holdOf(tripId!, '3B', [1, 3])))).toBe('SEAT_TAKEN')
  expect(await takenSeats(desk, tripId!, [1, 2])).toEqual({})
  await held(desk, holdOf(tripId!, '3B', [1, 2]))
  expect(await takenSeats(desk, tripId!, [1, 2])).toEqual({ '3B': Seat.HELD })
})

placements('what cannot be sold is refused with its reason', suiteOf, async (suite) => {
  const company = newCompany()
  const noVip = allFares(4).filter((fare) => fare.seatClass === SeatClass.STANDARD)
  const [tripId, unpriced, gone, lateNight] = await putOnSale(
    suite,
    tripOf(company),
    tripOf(company, { fares: noVip }),
    tripOf(company, { state: TripState.CANCELLED }),
    // 24:10 on the day before is ten past midnight today, long ago.
    tripOf(company, { serviceDate: '2026-11-19', leaves: 87_000 }),
  )
  const desk = suite.client(TicketingService, passenger())
  const hold = holdOf(tripId!, '3B')
  const cases: [string, HoldInit][] = [
    ['TRIP_UNKNOWN', holdOf(newId(), '3B')],
    ['LEGS_INVALID', holdOf(tripId!, '3B', [2, 2])],
    ['LEGS_INVALID', holdOf(tripId!, '3B', [0, 9])],
    ['SEAT_UNKNOWN', holdOf(tripId!, '3B 99Z')],
    ['SEAT_REPEATED', holdOf(tripId!, '3B 3b')],
    ['FARE_MISSING', holdOf(unpriced!, '1A')],
    ['FARE_CHANGED', { ...hold, expectedTotal: { currencyCode: 'RWF', units: 2_999n } }],
    ['FARE_CHANGED', { ...hold, expectedTotal: { currencyCode: 'XXX', units: 3_000n, nanos: -1 } }],
    ['TRIP_NOT_ON_SALE', holdOf(gone!, '3B')],
    ['SALES_CLOSED', holdOf(lateNight!, '3B')],
    ['REQUEST_INVALID', { ...hold, passengers: [{ name: '  ', seatLabel: '3B' }] }],
  ]
  for (const [reason, refused] of cases) expect(await refusal(desk.holdSeats(refused))).toBe(reason)
  await held(desk, { ...holdOf(tripId!, '3B'), expectedTotal: { currencyCode: 'RWF', units: 3_000n } })
})

placements('sales close before the departure from the passenger’s own stop', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const desk = suite.client(TicketingService, passenger())
  suite.clock.set('2026-11-20T07:55:00Z') // five minutes before ten in Kigali
  expect(await refusal(desk.holdSeats(holdOf(tripId!, '3B', [0, 3])))).toBe('SALES_CLOSED')
  const fromMuhanga = await held(desk, holdOf(tripId!, '3B', [1, 3]))
  expect(fromMuhanga.state).toBe(State.HELD)
})

placements('a suspended company sells nothing until it is resumed', suiteOf, async (suite) => {
  const company = newCompany()
  const { tenantId } = company
  const [tripId] = await putOnSale(suite, tripOf(company))
  const desk = suite.client(TicketingService, passenger())
  // The end of an earlier suspension comes late: it changes nothing.
  await suite.publish(TenantSuspendedSchema, tenantId, { tenantId, reason: 'licence', revision: 4n })
  await suite.settle()
  await suite.publish(TenantResumedSchema, tenantId, { tenantId, revision: 3n })
  await suite.settle()
  expect(await refusal(desk.holdSeats(holdOf(tripId!, '3B')))).toBe('TRIP_NOT_ON_SALE')
  await suite.publish(TenantResumedSchema, tenantId, { tenantId, revision: 5n })
  await suite.settle()
  await held(desk, holdOf(tripId!, '3B'))
})

placements('a trip that is cancelled is sold no more, in whatever order the news arrives', suiteOf, async (suite) => {
  const company = newCompany()
  const { tenantId } = company
  const trip = tripOf(company, { revision: 1n })
  const tripId = trip.trip.tripId!
  await suite.publish(TripCancelledSchema, tripId, { tenantId, tripId, revision: 2n, reason: 'landslide' })
  await suite.settle()
  await putOnSale(suite, trip)
  const desk = suite.client(TicketingService, passenger())
  expect(await refusal(desk.holdSeats(holdOf(tripId, '3B')))).toBe('TRIP_NOT_ON_SALE')
})

placements('a newer snapshot of a trip replaces the older one, never the other way', suiteOf, async (suite) => {
  const company = newCompany()
  const trip = tripOf(company, { revision: 2n })
  const { tripId } = trip.trip
  await putOnSale(suite, trip)
  await putOnSale(suite, tripOf(company, { tripId: tripId!, revision: 1n, seats: [], fares: [] }))
  const desk = suite.client(TicketingService, passenger())
  const quoted = await desk.quoteFare({ tripId: tripId!, fromSequence: 0, toSequence: 3, seatLabels: ['3B', '1A'] })
  expect(quoted).toMatchObject({ total: { units: 7_500n }, lines: [{ seatLabel: '3B' }, { seatLabel: '1A' }] })

  const dearer = allFares(4).map((fare) => ({ ...fare, price: { currencyCode: 'RWF', units: 9_000n } }))
  await putOnSale(suite, tripOf(company, { tripId: tripId!, revision: 3n, fares: dearer }))
  const requoted = await desk.quoteFare({ tripId: tripId!, fromSequence: 0, toSequence: 1, seatLabels: ['3B'] })
  expect(requoted.total?.units).toBe(9_000n)
})

placements(
  'while seats are held, Redis has their keys and counts them down; given back, they are free at once [S1-44]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const [first, second] = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
    const booking = await held(first!, holdOf(tripId!, '3B', [0, 2]))
    const key = (leg: number) => `${suite.namespace}:lock:hold:{${tripId}}:3B:${leg}`
    for (const leg of [0, 1]) {
      const left = await suite.redis.pttl(key(leg))
      expect(left).toBeGreaterThan(590_000)
      expect(left).toBeLessThanOrEqual(600_000)
    }
    expect(await suite.redis.exists(key(2))).toBe(0)

    const { booking: released } = await first!.releaseHold({ bookingId: booking.bookingId })
    expect(released?.state).toBe(State.RELEASED)
    expect(await suite.redis.exists(key(0), key(1))).toBe(0)
    expect(await suite.published(HoldReleasedSchema)).toHaveLength(1)
    await held(second!, holdOf(tripId!, '3B', [0, 2]))
    expect(await refusal(second!.releaseHold({ bookingId: booking.bookingId }))).toBe('BOOKING_UNKNOWN')
  },
)

placements('a Redis that forgot everything sells no seat twice [S1-70][S1-71]', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const [first, second] = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
  await held(first!, holdOf(tripId!, '3B'))
  await forgetRedis(suite)
  expect(await refusal(second!.holdSeats(holdOf(tripId!, '3B')))).toBe('SEAT_TAKEN')
})

placements(
  'a repeated hold gets its answer, also when another has taken its lock since Redis was emptied [S1-70]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const desk = suite.client(TicketingService, passenger())
    const hold = holdOf(tripId!, '3B', [0, 1])
    const { bookingCode } = await held(desk, hold)
    await forgetRedis(suite)
    await suite.redis.set(`${suite.namespace}:lock:hold:{${tripId}}:3B:0`, 'another', 'PX', 60_000)
    expect((await held(desk, hold)).bookingCode).toBe(bookingCode)
    const other = suite.client(TicketingService, passenger())
    expect(await refusal(other.holdSeats(holdOf(tripId!, '3B', [0, 1])))).toBe('SEAT_TAKEN')
  },
)

placements(
  'the same booking a hundred times in parallel is one booking; the same id for other seats is refused',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const desk = suite.client(TicketingService, passenger())
    const hold = holdOf(tripId!, '3B')
    const bookings = await Promise.all(Array.from({ length: 100 }, () => held(desk, hold)))
    expect(new Set(bookings.map((one) => `${one.bookingCode} ${one.paymentIntentId} ${one.fence}`)).size).toBe(1)
    expect(await suite.published(SeatsHeldSchema)).toHaveLength(1)
    expect(await refusal(desk.holdSeats({ ...holdOf(tripId!, '3C'), bookingId: hold.bookingId }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  },
)

placements('while a seat is being held its row is locked: whoever wants it waits [S2-100]', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const desk = suite.client(TicketingService, passenger())
  const sql = suite.sql('ticketing')
  const hold = await sql.begin(async (tx) => {
    await tx`select 1 from trip_seat where trip_id = ${tripId!} and seat_label = '3B' for update`
    const waiting = held(desk, holdOf(tripId!, '3B'))
    await expect.poll(() => waitingForRow(sql)).toBe(1)
    return { waiting }
  })
  expect((await hold.waiting).state).toBe(State.HELD)
})

placements('a booking’s id is its maker’s: nobody else can use it, nor learn what it holds', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const [first, second] = [passenger(), passenger()].map((who) => suite.client(TicketingService, who))
  const { bookingId } = await held(first!, holdOf(tripId!, '3B'))
  for (const label of ['3B', '3C']) {
    expect(await refusal(second!.holdSeats(holdOf(tripId!, label, [0, 3], bookingId)))).toBe('ID_TAKEN')
  }
  expect(await takenSeats(second!, tripId!, [0, 3])).toEqual({ '3B': Seat.HELD })
})

placements('a hold whose payment was lost on the way is healed by the repeat of the call', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const who = passenger()
  const hold = holdOf(tripId!, '3B')
  const first = await held(suite.client(TicketingService, who), hold)
  // As if the process had died after the commit, before the payment service was called.
  await suite.sql('payment').unsafe('delete from payment_intent; delete from idempotency')
  await forgetRedis(suite)
  const payments = suite.client(PaymentService, who)
  const { paymentIntentId } = first
  expect(await refusal(payments.getPaymentIntent({ paymentIntentId }))).toBe('INTENT_UNKNOWN')

  expect(await held(suite.client(TicketingService, who), hold)).toEqual(first)
  const { paymentIntent } = await payments.getPaymentIntent({ paymentIntentId })
  expect(paymentIntent).toMatchObject({ orderId: hold.bookingId, amount: { units: 3_000n } })
})
