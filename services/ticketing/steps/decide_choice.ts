import { type Tx, zero } from '#kit'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { termsOf } from '../domain/change_rule.ts'
import type { Ride } from '../domain/ride.ts'
import type { Decider, TripChoice } from '../domain/trip_choice.ts'
import { readBooking } from '../store/bookings.ts'
import { decideChoice } from '../store/choices.ts'
import { lockBooking } from '../store/endings.ts'
import { rideOf } from '../store/rides.ts'
import { sellHeld, type SignedSeat } from '../store/sales.ts'
import { endPaidBooking } from './cancel.ts'
import { endForChange } from './end_for_change.ts'
import { giveUpHold } from './give_up_hold.ts'
import { tellSale } from './tell_sale.ts'

/** The booking that takes another's place, with its tickets signed. */
export type Replacement = { readonly booking: Booking; readonly ride: Ride; readonly tickets: readonly SignedSeat[] }

/**
 * The passenger rides on: the seats that were kept are sold for what was paid already, and the booking on the cancelled trip
 * gives up its place.
 *
 * @throws {ConnectError} CHOICE_OVER; TRIP_CHANGED when the seats were changed since the tickets were signed
 */
export async function moveOn(
  tx: Tx,
  ctx: Ctx,
  choice: TripChoice,
  { booking, ride, tickets }: Replacement,
): Promise<void> {
  const now = ctx.clock.now()
  if (!(await decideChoice(tx, choice.choiceId, { state: 'MOVED', decider: 'PASSENGER' }, now))) throw over()
  const old = await lockedOf(tx, choice)
  const exchange = {
    old,
    booking,
    legs: { from: booking.fromSequence, to: booking.toSequence },
    terms: termsOf(old.total, booking.total, zero(old.total.currency)),
    now,
  }
  const changed = await endForChange(tx, ctx, { ...exchange, byStaff: false, actorUserId: undefined })
  if (!(await sellHeld(tx, booking, tickets, now))) throw movedMeanwhile()
  await tellSale(tx, ctx, { booking, ride, tickets, now, reseated: false, changed })
}

async function lockedOf(tx: Tx, { bookingId }: TripChoice): Promise<Booking> {
  await lockBooking(tx, bookingId)
  const old = await readBooking(tx, bookingId)
  if (old?.state !== 'CONFIRMED') throw over()
  return old
}

/** The money goes back: by the passenger's wish, or because nobody answered. False when it was decided otherwise before. */
export async function payBack(
  tx: Tx,
  ctx: Ctx,
  choice: TripChoice,
  decider: Extract<Decider, 'PASSENGER' | 'DEADLINE'>,
): Promise<boolean> {
  const now = ctx.clock.now()
  if (!(await decideChoice(tx, choice.choiceId, { state: 'REFUNDED', decider }, now))) return false
  const [booking, replacement] = [
    await readBooking(tx, choice.bookingId),
    await readBooking(tx, choice.replacementBookingId),
  ]
  if (replacement) await giveUpHold(tx, replacement, now)
  if (!booking) throw new Error('a choice names a booking that is not there')
  const ending = { cause: 'TRIP', reason: choice.reason, now, refund: booking.total } as const
  return endPaidBooking(tx, ctx, booking, await rideOf(tx, booking), ending)
}

/** The one answer for a choice that is decided, or whose time is over. */
export function over() {
  return refuse('CHOICE_OVER', 'this was chosen already, or too late')
}

function movedMeanwhile() {
  return refuse('TRIP_CHANGED', 'the trip was changed at this moment; ask again')
}
