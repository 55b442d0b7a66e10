import { setTimeout as sleep } from 'node:timers/promises'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type PaymentIntent, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { type Booking, Booking_State } from '#gen/tms/ticketing/v1/booking_pb.ts'
import type { Suite } from '#kit/testing'
import { PaymentMethod, type Tms } from '../../../sdk/src/node.ts'
import type { Town } from './front_door.ts'

/** Which ride: the whole of a trip, unless said otherwise. */
export type Ride = { readonly tripId: string; readonly fromSequence?: number; readonly toSequence?: number }

/** Holds seats for passengers who are reached by one phone, from a device. */
export async function holdSeats(tms: Tms, ride: Ride, phone: string, seats: Record<string, string>): Promise<Booking> {
  const { booking } = await tms.ticketing.holdSeats({
    bookingId: tms.newId(),
    fromSequence: 0,
    toSequence: 2,
    ...ride,
    passengers: Object.entries(seats).map(([seatLabel, name]) => ({ seatLabel, name })),
    contact: { phone, language: 'rw' },
  })
  if (!booking) throw new Error('the answer has no booking')
  return booking
}

/** Starts to pay a booking by M-PESA. */
export async function startPaying(tms: Tms, { paymentIntentId }: Booking, phone: string): Promise<void> {
  const idempotencyKey = tms.newId()
  await tms.payment.confirmPaymentIntent({ paymentIntentId, method: PaymentMethod.MPESA, phone, idempotencyKey })
}

/** Follows a payment until it is in a state, as a passenger's device does. */
export async function paymentReaches(tms: Tms, { paymentIntentId }: Booking, state: State): Promise<PaymentIntent> {
  const seen: State[] = []
  try {
    for await (const intent of tms.watchPayment(paymentIntentId, AbortSignal.timeout(PATIENCE_MS))) {
      seen.push(intent.state)
      if (intent.state === state) return intent
    }
  } catch (cause) {
    throw new Error(`the payment came to ${seen.join(', ')} and not to ${state}`, { cause })
  }
  throw new Error(`the payment ended with ${seen.join(', ')} and not with ${state}`)
}

/** Where a payment stands. */
export async function paymentOf(tms: Tms, { paymentIntentId }: Booking): Promise<State | undefined> {
  return (await tms.payment.getPaymentIntent({ paymentIntentId })).paymentIntent?.state
}

/** A journey that hangs should say where. */
const PATIENCE_MS = 10_000

/** Pays a booking with a phone whose owner approves by themselves; returns it with its tickets. */
export async function pay(suite: Suite, tms: Tms, booking: Booking, phone: string): Promise<Booking> {
  await startPaying(tms, booking, phone)
  await paymentReaches(tms, booking, State.SUCCEEDED)
  return confirmed(suite, tms, booking)
}

/** The booking when everybody has heard of its payment. */
export async function confirmed(suite: Suite, tms: Tms, booking: Booking): Promise<Booking> {
  await suite.settle()
  const now = await bookingOf(tms, booking)
  if (now.state !== Booking_State.CONFIRMED) throw new Error(`the booking is in state ${now.state}`)
  return now
}

/** The booking as its passenger sees it. */
export async function bookingOf(tms: Tms, { bookingId }: Booking): Promise<Booking> {
  const { booking } = await tms.ticketing.getBooking({ bookingId })
  if (!booking) throw new Error('the answer has no booking')
  return booking
}

/** The codes of a booking's tickets. */
export function codesOf({ passengers }: Booking): string[] {
  return passengers.flatMap(({ ticket }) => (ticket ? [ticket.code] : []))
}

/** How many messages with a ticket a phone got for a booking. */
export function ticketMessages({ sandbox, baseUrl }: Town, phone: string, { bookingCode }: Booking): string[] {
  const link = `${baseUrl}/t/${bookingCode}`
  return sandbox.messages(phone).flatMap(({ text }) => (text.includes(link) ? [text] : []))
}

/** How long a hold has still to go, in seconds. */
export function secondsLeft(suite: Suite, { holdExpireTime }: Booking): number {
  if (!holdExpireTime) throw new Error('the booking has no countdown')
  return Math.round((timestampDate(holdExpireTime).getTime() - suite.clock.now().getTime()) / 1000)
}

/**
 * Lets time pass, a quarter of a minute at once, until something has come about: what runs in the background meanwhile
 * takes real time.
 *
 * @throws {Error} after five minutes of the suite's clock
 */
export async function timePasses(suite: Suite, isThere: () => Promise<boolean>, what: string): Promise<void> {
  for (let quarters = 0; quarters < 20; quarters++) {
    if (await isThere()) return
    await suite.advance({ seconds: 15 })
    await sleep(20)
  }
  throw new Error(`it never came about: ${what}`)
}
