import { type Money, type Session, zero } from '#kit'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { changeFee, type ChangeTerms, termsOf } from '../domain/change_rule.ts'
import { expectedDeparture, holdEnd, plainQuestion, type Quote, type RideForSale } from '../domain/ride.ts'
import { refuse } from '../errors.ts'
import type { Hold } from '../store/claims.ts'
import { channelOf } from './ask_price.ts'
import { asPainted, assertOnSale, findRide, priceOf, type RideRequest } from './find_ride.ts'
import { holdOf } from './hold.ts'
import { type Changeable, changeTooLate, reachChangeable } from './reach_change.ts'

/** A change that somebody asks for. */
export type ChangeRequest = {
  readonly bookingId: string
  readonly ride?: (RideRequest & { readonly seatLabels: readonly string[] }) | undefined
  readonly waiveFee: boolean
}

/** A change and what it comes to. */
export type QuotedChange = Changeable & {
  readonly ride: RideForSale
  readonly priced: Quote
  readonly terms: ChangeTerms
}

/**
 * What a change comes to at this moment: at full fares, as levels and promotions are for new bookings.
 *
 * @throws {ConnectError} the refusals of QuoteChange
 */
export async function quoteOf(ctx: Ctx, session: Session, request: ChangeRequest): Promise<QuotedChange> {
  const changeable = await reachChangeable(ctx, session, request.bookingId, 'PAID_OR_OPEN')
  const { old, now } = changeable
  const wanted = request.ride!
  const labels = wanted.seatLabels.map(asPainted)
  const ride = await findRide(ctx, wanted, labels)
  if (ride.trip.tenantId !== old.tenantId) {
    throw refuse('OTHER_COMPANY', 'a booking can be changed to trips of its own company alone')
  }
  assertOneEach(old, labels)
  assertOnSale(ctx, ride, now)
  const question = {
    ...plainQuestion,
    channel: channelOf(session, ride.trip.tenantId),
    travellers: old.passengers.map(({ traveller }) => traveller),
  }
  const priced = priceOf(ride, labels, question)
  const terms = termsOf(old.open?.value ?? old.total, priced.total, feeOf(changeable, request.waiveFee))
  return { ...changeable, ride, priced, terms }
}

/** @throws {ConnectError} SEAT_COUNT_WRONG */
export function assertOneEach({ passengers }: Booking, given: readonly string[]): void {
  if (given.length === passengers.length) return
  throw refuse('SEAT_COUNT_WRONG', `the booking has ${passengers.length} passengers`, {
    passengers: String(passengers.length),
  })
}

/**
 * What the company asks for a change now. An open ticket had its fee when it was opened; staff may waive it.
 *
 * @throws {ConnectError} CHANGE_TOO_LATE
 */
export function feeOf({ old, oldRide, soldUnder, byStaff, now }: Changeable, waive: boolean): Money {
  const none = zero(old.total.currency)
  if (old.state === 'OPEN' || (byStaff && waive)) return none
  const changed = { value: old.total, passengers: old.passengers.length, departure: expectedDeparture(oldRide) }
  const fee = changeFee(changed, soldUnder.changeBands, now)
  if (!fee) throw changeTooLate(old)
  return fee
}

/** The booking that takes the old one's place, as it is to be held. */
export function holdInPlace(ctx: Ctx, { old, ride, priced, now }: QuotedChange, newBookingId: string): Hold {
  return holdOf(ctx, ride, priced, {
    bookingId: newBookingId,
    userId: old.userId,
    phone: old.phone,
    email: old.email,
    language: old.language,
    names: old.passengers.map(({ name }) => name),
    holdExpireTime: holdEnd(ride, now, ctx.settings.holdSeconds),
    now,
  })
}
