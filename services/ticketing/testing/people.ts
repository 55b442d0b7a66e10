import type { Client } from '@connectrpc/connect'
import { expect } from 'vitest'
import { reasonOf } from '#kit'
import type { Suite, Who } from '#kit/testing'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Booking } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { newId } from './network.ts'

/** A client of ticketing. */
export type Desk = Client<typeof TicketingService>

const passengerRights = [
  'ticketing.bookings.create',
  'ticketing.bookings.read',
  'ticketing.bookings.cancel',
  'payment.intents.pay',
  'payment.intents.read',
]
const staffRights = [
  ...passengerRights,
  'ticketing.sales.read',
  'ticketing.sales.cancel',
  'ticketing.tickets.board',
  'qr.tickets.verify',
  'payment.cash.collect',
]

/** A passenger; each a new one. */
export const passenger = (): Who => ({ userId: newId(), permissions: passengerRights, language: 'rw' })

/** Somebody who sells and boards for a company. */
export const staff = (tenantId: string): Who => ({ userId: newId(), tenantId, permissions: staffRights })

/** The phone that test bookings are made with. */
export const PHONE = '+250788123456'

/** A request to hold seats. */
export type HoldInit = {
  readonly bookingId: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly passengers: { name: string; seatLabel: string }[]
  readonly contact: { phone: string; email: string; language: string }
  readonly expectedTotal?: { currencyCode: string; units: bigint; nanos?: number }
}

/** A hold of some seats, by labels parted by spaces, for the whole road unless legs are given. */
export function holdOf(
  tripId: string,
  labels: string,
  legs: readonly [from: number, to: number] = [0, 3],
  bookingId = newId(),
): HoldInit {
  return {
    bookingId,
    tripId,
    fromSequence: legs[0],
    toSequence: legs[1],
    passengers: labels.split(' ').map((seatLabel) => ({ name: `Passenger of ${seatLabel}`, seatLabel })),
    contact: { phone: PHONE, email: 'aline@example.rw', language: '' },
  }
}

/** Holds seats and answers the booking. */
export async function held(desk: Desk, hold: HoldInit): Promise<Booking> {
  const { booking } = await desk.holdSeats(hold)
  return booking!
}

/** Pays a booking in cash, at a counter of its company, and waits for the tickets. */
export async function pay(suite: Suite, booking: Booking): Promise<void> {
  await payAtCounter(suite, booking)
  await suite.settle()
}

/** As {@link pay}, without waiting for what follows. */
export async function payAtCounter(suite: Suite, booking: Booking): Promise<void> {
  const counter = suite.client(PaymentService, staff(booking.tenantId))
  await counter.confirmPaymentIntent({
    paymentIntentId: booking.paymentIntentId,
    method: Method.CASH,
    idempotencyKey: newId(),
  })
}

/** A booking held, paid and ticketed. */
export async function bought(suite: Suite, who: Who, hold: HoldInit): Promise<Booking> {
  const desk = suite.client(TicketingService, who)
  await pay(suite, await held(desk, hold))
  const { booking } = await desk.getBooking({ bookingId: hold.bookingId })
  return booking!
}

/** The reason that a call is refused with; fails when it is not. */
export async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  const err = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  expect(err).toBeDefined()
  return reasonOf(err) ?? String(err)
}
