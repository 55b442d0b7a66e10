import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { isForward } from '../domain/legs.ts'
import { closeTime, type PriceQuestion, type Quote, quote, type RideForSale, saleBar } from '../domain/ride.ts'
import { readRide } from '../store/rides.ts'

/** How requests name a ride. */
export type RideRequest = { readonly tripId: string; readonly fromSequence: number; readonly toSequence: number }

/**
 * The ride that a request names, with the seats asked for.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, LEGS_INVALID
 */
export async function findRide(ctx: Ctx, request: RideRequest, labels?: readonly string[]): Promise<RideForSale> {
  const legs = { from: request.fromSequence, to: request.toSequence }
  // All rows: what is on sale is public, whoever asks.
  const ride = await readRide(ctx.db.system, request.tripId, legs, labels)
  if (!ride) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: request.tripId })
  const { origin, destination } = ride
  if (isForward(legs) && origin?.pickupAllowed && destination?.dropOffAllowed) return { ...ride, origin, destination }
  throw refuse('LEGS_INVALID', 'this trip takes nobody from the one stop to the other', {
    from_sequence: String(legs.from),
    to_sequence: String(legs.to),
  })
}

/**
 * Refuses what cannot be sold now.
 *
 * @throws {ConnectError} TRIP_NOT_ON_SALE, SALES_CLOSED
 */
export function assertOnSale(ctx: Ctx, ride: RideForSale, now: Date): void {
  const { cutoffSeconds } = ctx.settings
  const bar = saleBar(ride, now, cutoffSeconds)
  if (bar === undefined) return
  if (bar === 'CLOSED') {
    throw refuse('SALES_CLOSED', 'the bus has left this stop, or leaves too soon', {
      close_time: closeTime(ride, cutoffSeconds).toISOString(),
    })
  }
  const state = bar === 'SUSPENDED' ? bar : ride.state
  throw refuse('TRIP_NOT_ON_SALE', 'this trip is not sold', { trip_id: ride.trip.tripId, state })
}

/**
 * The exact price of seats.
 *
 * @throws {ConnectError} SEAT_UNKNOWN, SEAT_REPEATED, FARE_MISSING
 */
export function priceOf(ride: RideForSale, labels: readonly string[], question?: PriceQuestion): Quote {
  const priced = quote(ride, labels, question)
  if (!('fault' in priced)) return priced
  switch (priced.fault) {
    case 'SEAT_UNKNOWN':
      throw refuse('SEAT_UNKNOWN', `the bus has no seat ${priced.label}`, { seat: priced.label })
    case 'SEAT_REPEATED':
      throw refuse('SEAT_REPEATED', `seat ${priced.label} is asked for twice`, { seat: priced.label })
    case 'FARE_MISSING':
      throw refuse('FARE_MISSING', 'the company has set no fare for this ride', { seat_class: priced.seatClass })
  }
}

/** Seat labels as they are painted: upper case. */
export function asPainted(label: string): string {
  return label.toUpperCase()
}
