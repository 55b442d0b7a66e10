import { type Tx, zero } from '#kit'
import type { Ctx } from '../context.ts'
import { type Booking, fundsOf } from '../domain/booking.ts'
import { closeTime, type RideForSale, saleBar, type Seat } from '../domain/ride.ts'
import { reseat } from '../domain/seating.ts'
import { choiceDeadline } from '../domain/trip_choice.ts'
import { linkChange } from '../store/changes.ts'
import { claimSeats, type Hold } from '../store/claims.ts'
import type { NextRide } from '../store/next_rides.ts'
import { readRide } from '../store/rides.ts'
import { notePrices } from '../store/prices.ts'
import { freeSeatsFor } from '../store/sales.ts'
import { lockTripState } from '../store/swaps.ts'
import { newBookingCode } from './booking_codes.ts'

/** Seats that are kept on another trip for the passengers of a booking. */
export type Kept = { readonly hold: Hold; readonly ride: RideForSale }

/**
 * Keeps seats for everybody of a booking on another trip, in their classes and close together, until the passenger has chosen.
 *
 * @returns undefined when that trip has too few, is not sold any more, or leaves too soon
 * @throws {Error} when a seat went at this moment: the event comes again, and is looked at anew
 */
export async function keepSeats(tx: Tx, ctx: Ctx, booking: Booking, next: NextRide): Promise<Kept | undefined> {
  const { tripId, legs } = next
  const now = ctx.clock.now()
  // Nobody buys on that trip until we are done, so that what is free stays free.
  await lockTripState(tx, tripId)
  const ride = await readForSale(tx, next)
  if (!ride || saleBar(ride, now, ctx.settings.cutoffSeconds)) return undefined
  const deadline = choiceDeadline(now, closeTime(ride, ctx.settings.cutoffSeconds), ctx.settings.choiceHours)
  const free = await freeSeatsFor(tx, booking.bookingId, tripId, legs, now)
  const seats = deadline && reseat(booking.passengers, free)
  if (!seats) return undefined
  const hold = holdFor(ctx, booking, ride, next, seats, deadline)
  const claimed = await claimSeats(tx, hold)
  // Its sales rest: its bus is being swapped.
  if (!claimed) return undefined
  if (claimed.seatLabels.length < seats.length) throw new Error('a seat went while it was being kept')
  await notePrices(tx, hold.bookingId, hold)
  const inFull = { bookingId: booking.bookingId, credit: booking.total, fee: zero(booking.total.currency) }
  await linkChange(tx, hold.bookingId, inFull, fundsOf(booking))
  return { hold, ride }
}

async function readForSale(tx: Tx, { tripId, legs }: NextRide): Promise<RideForSale | undefined> {
  const ride = await readRide(tx, tripId, legs, [])
  if (!ride?.origin || !ride.destination) return undefined
  return { ...ride, origin: ride.origin, destination: ride.destination }
}

function holdFor(
  ctx: Ctx,
  booking: Booking,
  ride: RideForSale,
  next: NextRide,
  seats: readonly Seat[],
  deadline: Date,
) {
  const { tenantId, userId, phone, email, language, total, channel, termsVersion } = booking
  return {
    ...{ tenantId, userId, phone, email, language, total, channel, termsVersion },
    // Who has paid takes what is free, at whatever price it was bought.
    levels: {},
    redemption: undefined,
    // Nothing is to be paid under it: the money is that of the booking whose place it takes.
    paymentIntentId: ctx.newId(),
    bookingId: ctx.newId(),
    bookingCode: newBookingCode(),
    tripId: next.tripId,
    basis: ride,
    legs: next.legs,
    departureTime: ride.origin.departureTime,
    holdExpireTime: deadline,
    now: ctx.clock.now(),
    seats: booking.passengers.map(({ position, name, price, traveller, priceLines }, i) => ({
      claimId: ctx.newId(),
      ...{ position, name, price, traveller, priceLines },
      seatLabel: seats[i]!.label,
      seatClass: seats[i]!.seatClass,
    })),
  } satisfies Hold
}
