import { type Money, moneyFromProto } from '#kit'
import type { PaymentSucceeded } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { amountDue, type Booking, mayBeReplaced } from '../domain/booking.ts'
import { judge } from '../domain/payment.ts'
import type { RideForSale } from '../domain/ride.ts'
import { reseat } from '../domain/seating.ts'
import { readBooking } from '../store/bookings.ts'
import { lostItsCode } from '../store/promotions.ts'
import { freeSeatsFor, type NewSeat, type SignedSeat } from '../store/sales.ts'
import { rideForSaleOf } from '../store/rides.ts'
import { signTickets } from './sign_tickets.ts'

/** Money that came, and the booking it came for. */
export type Arrival = {
  readonly booking: Booking
  readonly ride: RideForSale
  readonly paymentIntentId: string
  readonly amount: Money
}

/** What is to be written about a payment; tickets are signed already. */
export type Settlement =
  | { readonly kind: 'IGNORE' }
  | { readonly kind: 'NO_BOOKING'; readonly paymentIntentId: string }
  | (Arrival & { readonly kind: 'REFUND' | 'MISMATCH' })
  | (Arrival & { readonly kind: 'CONFIRM'; readonly tickets: readonly SignedSeat[] })
  | (Arrival & {
      readonly kind: 'RESEAT'
      /** As it will be, with the new seats. */
      readonly reseated: Booking
      readonly seats: readonly NewSeat[]
      readonly tickets: readonly SignedSeat[]
    })

/** Works out what becomes of a payment, and has the tickets signed. Writes nothing. */
export async function judgePayment(ctx: Ctx, event: PaymentSucceeded): Promise<Settlement> {
  const arrival = await arrivalOf(ctx, event)
  if (!arrival) return { kind: 'NO_BOOKING', paymentIntentId: event.paymentIntentId }
  const verdict = await verdictOn(ctx, arrival)
  switch (verdict) {
    case 'CONFIRM':
      return { ...arrival, kind: verdict, tickets: await signTickets(ctx, arrival.booking, arrival.ride) }
    case 'RESEAT':
      return reseatOrRefund(ctx, arrival)
    case 'REFUND':
    case 'MISMATCH':
      return { ...arrival, kind: verdict }
    case 'IGNORE':
      return { kind: verdict }
  }
}

/** Undefined when the money is for something else than a booking. */
async function arrivalOf(ctx: Ctx, event: PaymentSucceeded): Promise<Arrival | undefined> {
  // All rows: the event is our own payment service's, and its tenant is compared.
  const booking = await readBooking(ctx.db.system, event.orderId)
  if (booking?.tenantId !== event.tenantId || !event.amount) return undefined
  return {
    booking,
    ride: await rideForSaleOf(ctx.db.system, booking),
    paymentIntentId: event.paymentIntentId,
    amount: moneyFromProto(event.amount),
  }
}

async function verdictOn(ctx: Ctx, { booking, ride, paymentIntentId, amount }: Arrival) {
  const runs = ride.state !== 'CANCELLED' && ride.state !== 'ARRIVED'
  const found = {
    ...booking,
    seatCount: booking.passengers.length,
    due: amountDue(booking),
    rideable:
      runs && (booking.doorSale || ride.origin.departureTime > ctx.clock.now()) && (await isWanted(ctx, booking)),
    refunded: booking.refunds.some((refund) => refund.paymentIntentId === paymentIntentId),
  }
  return judge(found, { amount, paymentIntentId })
}

/**
 * A booking that takes another's place is wanted only while the other can be given up; one that comes late with a code, only
 * while that was not redeemed by somebody else.
 */
async function isWanted(ctx: Ctx, booking: Booking): Promise<boolean> {
  // All rows: a code is of the booking's company.
  if (booking.promotionCode !== '' && (await lostItsCode(ctx.db.system, booking.bookingId))) return false
  if (!booking.replaces) return true
  // All rows: both are of one company.
  const old = await readBooking(ctx.db.system, booking.replaces.bookingId)
  return old !== undefined && mayBeReplaced(old, booking)
}

/** Looks for the lost seats, else for others of the same class on the same legs; finds none: the money goes back. */
async function reseatOrRefund(ctx: Ctx, arrival: Arrival): Promise<Settlement> {
  const { booking, ride } = arrival
  const legs = { from: booking.fromSequence, to: booking.toSequence }
  // All rows: the seats of one trip belong to its one company.
  const free = await freeSeatsFor(ctx.db.system, booking.bookingId, booking.tripId, legs, ctx.clock.now())
  const found = ride.suspended ? undefined : reseat(booking.passengers, free)
  if (!found) return { ...arrival, kind: 'REFUND' }
  const passengers = booking.passengers.map((one, i) => ({ ...one, seatLabel: found[i]!.label }))
  const reseated = { ...booking, passengers }
  return {
    ...arrival,
    kind: 'RESEAT',
    reseated,
    seats: found.map((seat, i) => ({ claimId: ctx.newId(), position: booking.passengers[i]!.position, seat })),
    tickets: await signTickets(ctx, reseated, ride),
  }
}
