import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Booking, Ticket } from '#gen/tms/ticketing/v1/booking_pb.ts'
import { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Suite, Who } from '#kit/testing'
import { type Company, id } from './companies.ts'

/** What a passenger is called and reached by, and where they sit. */
export type PassengerFacts = { readonly name: string; readonly phone: string; readonly seats: readonly string[] }

/** Who rides. */
export function passengerOf({ phone }: Pick<PassengerFacts, 'phone'>): Who {
  const permissions = ['ticketing.bookings.create', 'ticketing.bookings.read', 'ticketing.bookings.cancel']
  return {
    userId: id(),
    roles: ['passenger'],
    permissions: [...permissions, 'payment.intents.pay', 'payment.intents.read', 'auth.profile.read'],
    language: 'rw',
    phone,
  }
}

/** Holds seats on the whole ride of a company's trip. */
export async function hold(suite: Suite, company: Company, who: Who, facts: PassengerFacts): Promise<Booking> {
  const { booking } = await suite.client(TicketingService, who).holdSeats({
    bookingId: id(),
    tripId: company.tripId,
    fromSequence: 0,
    toSequence: 2,
    passengers: facts.seats.map((seatLabel, i) => ({ name: `${facts.name} ${'I'.repeat(i + 1)}`, seatLabel })),
    contact: { phone: facts.phone, language: 'rw' },
  })
  if (!booking) throw new Error('the answer has no booking')
  return booking
}

/** Lets the company's staff take cash for a booking. Returns the id of the attempt. */
export async function payCash(suite: Suite, company: Company, booking: Booking): Promise<string> {
  const { paymentIntent } = await suite.client(PaymentService, company.manager).confirmPaymentIntent({
    paymentIntentId: booking.paymentIntentId,
    method: Method.CASH,
    idempotencyKey: id(),
  })
  await suite.settle()
  return paymentIntent?.latestAttempt?.attemptId ?? ''
}

/** Sells: one booking is ridden, one cancelled and refunded, one held. */
export async function sellTickets(suite: Suite, company: Company, facts: PassengerFacts) {
  const who = passengerOf(facts)
  const [first, second, third] = facts.seats.map((seat) => ({ ...facts, seats: [seat] }))
  const ridden = await hold(suite, company, who, first!)
  const attemptId = await payCash(suite, company, ridden)
  const cancelled = await hold(suite, company, who, second!)
  await payCash(suite, company, cancelled)
  const client = suite.client(TicketingService, who)
  await client.cancelBooking({ idempotencyKey: id(), bookingId: cancelled.bookingId, reason: 'ill' })
  await suite.settle()
  const held = await hold(suite, company, who, third!)
  await suite.settle()
  const ticket = await ticketOf(suite, who, ridden)
  const voidTicket = await ticketOf(suite, who, cancelled)
  const apiKeyId = await makeApiKey(suite, company)
  const deliveries = await suite.client(NotificationService, company.manager).listDeliveries({})
  const deliveryIds = deliveries.deliveries.map(({ deliveryId }) => deliveryId)
  return {
    passenger: who,
    ridden,
    attemptId,
    cancelled,
    held,
    ticket,
    voidTicket,
    apiKeyId,
    deliveryIds,
    phone: facts.phone,
    name: facts.name,
  }
}

/** The first ticket of a booking that was paid. */
export async function ticketOf(suite: Suite, who: Who, { bookingId }: Pick<Booking, 'bookingId'>): Promise<Ticket> {
  const { booking } = await suite.client(TicketingService, who).getBooking({ bookingId })
  const ticket = booking?.passengers[0]?.ticket
  if (!ticket) throw new Error('the booking has no ticket')
  return ticket
}

async function makeApiKey(suite: Suite, company: Company): Promise<string> {
  const apiKeyId = id()
  const keys = suite.client(AuthService, company.manager)
  const name = `${company.facts.name} partner`
  const expireTime = timestampFromMs(suite.clock.now().getTime() + 30 * 86_400_000)
  await keys.createApiKey({ apiKeyId, name, scopes: ['ticketing.bookings.read'], expireTime })
  return apiKeyId
}

/** What a company has sold. */
export type Sales = Awaited<ReturnType<typeof sellTickets>>
