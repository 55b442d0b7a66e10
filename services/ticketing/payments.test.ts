import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import { TripCancelledSchema } from '#gen/tms/company/v1/events_pb.ts'
import { PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import { PaymentIntent_State as Paid } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { type Booking, Booking_State as State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { CancelCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import {
  BookingCancelledSchema,
  PaymentMismatchFoundSchema,
  SeatsLost_Resolution as Resolution,
  SeatsLostSchema,
  TicketIssuedSchema,
  TicketVoidedSchema,
} from '#gen/tms/ticketing/v1/events_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import payment from '../payment/service.ts'
import qr from '../qr/service.ts'
import ticketing from './service.ts'
import { doubleSales } from './testing/faults.ts'
import { newCompany, newId, putOnSale, tripOf } from './testing/network.ts'
import { bought, held, holdOf, passenger, pay, payAtCounter, refusal, staff } from './testing/people.ts'

const suiteOf = [ticketing, payment, qr]

/** Lets a hold run out for ticketing while the counter's clock is still before its end: so a payment comes late. */
async function letExpire(suite: Suite): Promise<void> {
  const before = suite.clock.now()
  suite.clock.advance({ minutes: 10 })
  await suite.runJob('ticketing', 'expire-holds')
  suite.clock.set(before)
}

const seatsOf = (booking: Booking | undefined) => booking?.passengers.map((one) => one.seatLabel).join(' ')

placements(
  'a payment that comes after the hold ran out gets the same seats while nobody took them',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const desk = suite.client(TicketingService, passenger())
    const booking = await held(desk, holdOf(tripId!, '3A 3B'))
    await letExpire(suite)
    await pay(suite, booking)
    const { booking: sold } = await desk.getBooking({ bookingId: booking.bookingId })
    expect(sold?.state).toBe(State.CONFIRMED)
    expect(seatsOf(sold)).toBe('3A 3B')
    expect(await suite.published(SeatsLostSchema)).toEqual([])
    expect(await suite.published(TicketIssuedSchema)).toMatchObject([{ reseated: false }])
  },
)

placements(
  'a late payment whose seats were sold meanwhile gets others of the same class, together; the fence stops the late claim [S1-70][S1-74]',
  suiteOf,
  async (suite) => {
    const [tripId] = await putOnSale(suite, tripOf(newCompany()))
    const [late, quick] = [passenger(), passenger()]
    const desk = suite.client(TicketingService, late)
    const booking = await held(desk, holdOf(tripId!, '3A 3B'))
    await letExpire(suite)
    await bought(suite, quick, holdOf(tripId!, '3B 3C'))
    await pay(suite, booking)

    const { booking: moved } = await desk.getBooking({ bookingId: booking.bookingId })
    expect(moved).toMatchObject({ state: State.CONFIRMED, total: { units: 6_000n } })
    expect(moved!.fence).toBeGreaterThan(booking.fence)
    expect(seatsOf(moved)).toBe('3A 3D')
    expect(await suite.published(SeatsLostSchema)).toMatchObject([
      {
        resolution: Resolution.RESEATED,
        changes: [
          { oldSeatLabel: '3A', newSeatLabel: '3A' },
          { oldSeatLabel: '3B', newSeatLabel: '3D' },
        ],
      },
    ])
    const issued = await suite.published(TicketIssuedSchema)
    expect(issued.map(({ reseated }) => reseated)).toEqual([false, true])
    expect(await doubleSales(suite.sql('ticketing'))).toBe(0)
  },
)

placements('a late payment for which no seat of its class is left goes back', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const who = passenger()
  const desk = suite.client(TicketingService, who)
  const booking = await held(desk, holdOf(tripId!, '1A'))
  await letExpire(suite)
  await bought(suite, passenger(), holdOf(tripId!, '1A 1B 1C 1D'))
  await pay(suite, booking)
  await suite.advance({ seconds: 5 })

  const { booking: lost } = await desk.getBooking({ bookingId: booking.bookingId })
  expect(lost).toMatchObject({ state: State.EXPIRED, refund: { amount: { currencyCode: 'RWF', units: 4_500n } } })
  expect(lost?.refund?.settleTime).toBeDefined()
  expect(await suite.published(SeatsLostSchema)).toMatchObject([
    { resolution: Resolution.REFUNDED, refund: { units: 4_500n }, notice: { userId: who.userId } },
  ])
  const { paymentIntent } = await suite
    .client(PaymentService, who)
    .getPaymentIntent({ paymentIntentId: booking.paymentIntentId })
  expect(paymentIntent).toMatchObject({ state: Paid.SUCCEEDED, refundedAmount: { units: 4_500n } })
})

placements('who gave the hold back can no longer pay for it', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const who = passenger()
  const desk = suite.client(TicketingService, who)
  const booking = await held(desk, holdOf(tripId!, '3B'))
  const { booking: released } = await desk.releaseHold({ bookingId: booking.bookingId })
  expect(released?.state).toBe(State.RELEASED)
  const { paymentIntentId } = booking
  const { paymentIntent } = await suite.client(PaymentService, who).getPaymentIntent({ paymentIntentId })
  expect(paymentIntent?.state).toBe(Paid.CANCELLED)
  await expect(pay(suite, booking)).rejects.toThrow('the order was given up')
})

placements('money that is not the amount asked for sells nothing, goes back, and is told', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const desk = suite.client(TicketingService, passenger())
  const booking = await held(desk, holdOf(tripId!, '3B'))
  const { tenantId, bookingId, paymentIntentId } = booking
  const wrong = { tenantId, paymentIntentId: newId(), orderId: bookingId, amount: { currencyCode: 'RWF', units: 1n } }
  await suite.publish(PaymentSucceededSchema, wrong.paymentIntentId, wrong)
  await suite.publish(PaymentSucceededSchema, newId(), { ...wrong, orderId: newId() })
  await suite.settle()
  expect(await suite.published(PaymentMismatchFoundSchema)).toMatchObject([
    { bookingId, paymentIntentId: wrong.paymentIntentId, expected: { units: 3_000n }, paid: { units: 1n } },
  ])
  // The right payment still sells the seat.
  await pay(suite, booking)
  const { booking: sold } = await desk.getBooking({ bookingId })
  expect(sold).toMatchObject({ state: State.CONFIRMED, paymentIntentId })
})

placements('the news of a payment any number of times is one ticket [S1-07][S1-47][S1-78]', suiteOf, async (suite) => {
  const [tripId] = await putOnSale(suite, tripOf(newCompany()))
  const booking = await held(suite.client(TicketingService, passenger()), holdOf(tripId!, '3B'))
  const { tenantId, bookingId, paymentIntentId, total } = booking
  const news = { tenantId, paymentIntentId, orderId: bookingId, amount: { ...total! } }
  await Promise.all([1, 2, 3, 4].map(() => suite.publish(PaymentSucceededSchema, paymentIntentId, news)))
  await suite.settle()
  const { bus } = suite
  const stored = ['company', 'payment'].map(async (name) => (await bus.manager.streams.info(bus.streamOf(name))).state)
  for (const { messages } of await Promise.all(stored)) expect(messages).toBeGreaterThan(0)
  expect(await suite.published(TicketIssuedSchema)).toHaveLength(1)
  expect(await suite.sql('ticketing')`select 1 from refund`).toHaveLength(0)
})

placements(
  'a cancelled booking frees its seats, voids its tickets and gives the money back',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const [tripId] = await putOnSale(suite, tripOf(company))
    const who = passenger()
    const desk = suite.client(TicketingService, who)
    const booking = await bought(suite, who, holdOf(tripId!, '3A 3B'))
    const cancel = { idempotencyKey: newId(), bookingId: booking.bookingId, reason: 'ill' }
    const quote = await desk.quoteCancellation({ bookingId: booking.bookingId })
    expect(quote).toMatchObject({ refund: { units: 6_000n }, fee: { currencyCode: 'RWF', units: 0n } })
    const { booking: ended } = await desk.cancelBooking(cancel)
    expect(ended).toMatchObject({ state: State.CANCELLED, cancelCause: CancelCause.PASSENGER })
    expect(ended?.refund?.amount?.units).toBe(6_000n)
    await suite.settle()

    expect(await suite.published(BookingCancelledSchema)).toMatchObject([{ reason: 'ill', refund: { units: 6_000n } }])
    const voided = await suite.published(TicketVoidedSchema)
    expect(voided.map((one) => one.ticketId).sort()).toEqual(
      booking.passengers.map((one) => one.ticket!.ticketId).sort(),
    )
    const { booking: later } = await desk.getBooking({ bookingId: booking.bookingId })
    expect(later?.refund?.settleTime).toBeDefined()
    expect(await refusal(desk.cancelBooking({ ...cancel, idempotencyKey: newId() }))).toBe('NOT_CONFIRMED')
    await held(suite.client(TicketingService, passenger()), holdOf(tripId!, '3A 3B'))
  },
)

placements('nobody cancels a ride that has begun, but the company', suiteOf, async (suite) => {
  const company = newCompany()
  const [tripId] = await putOnSale(suite, tripOf(company))
  const who = passenger()
  const { bookingId } = await bought(suite, who, holdOf(tripId!, '3B'))
  const unpaid = await held(suite.client(TicketingService, who), holdOf(tripId!, '3C'))
  suite.clock.set('2026-11-20T08:00:00Z') // ten in Kigali: it leaves
  const desk = suite.client(TicketingService, who)
  expect(await refusal(desk.cancelBooking({ idempotencyKey: newId(), bookingId }))).toBe('CANCEL_TOO_LATE')
  expect(await refusal(desk.quoteCancellation({ bookingId }))).toBe('CANCEL_TOO_LATE')
  const unpaidId = unpaid.bookingId
  expect(await refusal(desk.quoteCancellation({ bookingId: unpaidId }))).toBe('NOT_CONFIRMED')
  expect(await refusal(desk.cancelBooking({ idempotencyKey: newId(), bookingId: unpaidId }))).toBe('NOT_CONFIRMED')
  const counter = suite.client(TicketingService, staff(company.tenantId))
  const { booking } = await counter.cancelBooking({ idempotencyKey: newId(), bookingId, reason: 'breakdown' })
  expect(booking).toMatchObject({ state: State.CANCELLED, cancelCause: CancelCause.COMPANY })
})

placements(
  'when a trip is cancelled and there is no other, everybody on it is told and gets the money back',
  suiteOf,
  async (suite) => {
    const company = newCompany()
    const { tenantId } = company
    const [tripId, other] = await putOnSale(suite, tripOf(company), tripOf(newCompany()))
    const [aline, eric, diane] = [passenger(), passenger(), passenger()]
    await bought(suite, aline, holdOf(tripId!, '3A 3B'))
    await bought(suite, eric, holdOf(tripId!, '1A', [0, 1]))
    const unaffected = await bought(suite, diane, holdOf(other!, '3A'))
    const unpaid = await held(suite.client(TicketingService, diane), holdOf(tripId!, '5A'))
    const gone = { tenantId, tripId: tripId!, revision: 2n, reason: 'landslide' }
    await suite.publish(TripCancelledSchema, tripId!, gone)
    await suite.settle()

    const told = await suite.published(BookingCancelledSchema)
    expect(told.map((one) => one.notice?.userId).sort()).toEqual([aline.userId, eric.userId].sort())
    expect(told.every((one) => one.cause === CancelCause.TRIP && one.reason === 'landslide')).toBe(true)
    expect(told.map((one) => one.refund?.units).sort()).toEqual([1_500n, 6_000n])
    const desk = suite.client(TicketingService, diane)
    expect((await desk.getBooking({ bookingId: unaffected.bookingId })).booking?.state).toBe(State.CONFIRMED)
    expect((await desk.getBooking({ bookingId: unpaid.bookingId })).booking?.state).toBe(State.RELEASED)
    // A counter takes no more money for a hold that ended; what is under way is shown in disruptions.test.ts.
    expect(await refusal(payAtCounter(suite, unpaid))).toBe('INTENT_CANCELLED')
  },
)
