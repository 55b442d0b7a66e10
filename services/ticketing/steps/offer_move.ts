import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto, type Tx } from '#kit'
import { TripChoiceOfferedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import type { Rider } from '../domain/swap.ts'
import { readBooking } from '../store/bookings.ts'
import { choiceKeptBy, decideChoice, openChoice } from '../store/choices.ts'
import { nextRides } from '../store/next_rides.ts'
import { rideOf } from '../store/rides.ts'
import { noticeOf } from '../wire/notice.ts'
import { endPaidBooking } from './cancel.ts'
import { type Kept, keepSeats } from './keep_seats.ts'
import { giveUpPending } from './pending_changes.ts'
import { tellVoided } from './tell_voided.ts'

/** Why a paid booking cannot be ridden, and which trips are no help. */
export type Cancelled = { readonly reason: string; readonly exceptTripIds: readonly string[] }

/** So many later trips are looked at before the money goes back. */
const TRIPS_TRIED = 5

const HOUR_MS = 3_600_000

/**
 * A paid booking whose trip does not run: seats are kept on the next trip of the company that has them, and the passenger
 * is asked; where there is none, the money goes back at once.
 */
export async function offerOrRefund(tx: Tx, ctx: Ctx, rider: Rider, why: Cancelled): Promise<void> {
  // Whatever it was to be changed to: what is asked now comes first.
  await giveUpPending(tx, ctx, rider.booking)
  // Who left no phone cannot be asked.
  const kept = rider.booking.phone === '' ? undefined : await keepNext(tx, ctx, rider, why)
  if (kept) return ask(tx, ctx, rider, kept, why.reason)
  const { booking, ride } = rider
  const ending = { cause: 'TRIP', reason: why.reason, now: ctx.clock.now(), refund: booking.total } as const
  await endPaidBooking(tx, ctx, booking, ride, ending)
}

/** The seats that were kept for a choice are lost: its passenger is asked anew, or gets the money back. */
export async function askAnew(tx: Tx, ctx: Ctx, replacement: Booking): Promise<void> {
  const choice = await choiceKeptBy(tx, replacement.bookingId)
  const withdrawn = { state: 'WITHDRAWN', decider: 'TRIP' } as const
  if (!choice || !(await decideChoice(tx, choice.choiceId, withdrawn, ctx.clock.now()))) return
  const booking = await readBooking(tx, choice.bookingId)
  if (booking?.state !== 'CONFIRMED') return
  const ride = await rideOf(tx, booking)
  const exceptTripIds = [booking.tripId, replacement.tripId]
  await offerOrRefund(tx, ctx, { booking, ride }, { reason: choice.reason, exceptTripIds })
}

async function keepNext(tx: Tx, ctx: Ctx, { booking, ride }: Rider, { exceptTripIds }: Cancelled) {
  const now = ctx.clock.now()
  const { departureTime, stopId: originStopId } = ride.origin
  const leavingAfter = departureTime > now ? departureTime : now
  const candidates = await nextRides(tx, {
    tenantId: booking.tenantId,
    originStopId,
    destinationStopId: ride.destination.stopId,
    leavingAfter,
    leavingBefore: new Date(leavingAfter.getTime() + ctx.settings.moveHours * HOUR_MS),
    exceptTripIds,
    limit: TRIPS_TRIED,
  })
  for (const next of candidates) {
    const kept = await keepSeats(tx, ctx, booking, next)
    if (kept) return kept
  }
  return undefined
}

async function ask(tx: Tx, ctx: Ctx, { booking, ride }: Rider, { hold, ride: next }: Kept, reason: string) {
  const { tenantId, bookingId, bookingCode, tripId, total } = booking
  const choiceId = ctx.newId()
  const deadlineTime = hold.holdExpireTime
  const choice = { choiceId, tenantId, bookingId, tripId, replacementBookingId: hold.bookingId, reason, deadlineTime }
  await openChoice(tx, choice, booking.userId, ctx.clock.now())
  await tellVoided(tx, booking, 'trip_cancelled')
  await tx.publish(TripChoiceOfferedSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, tripId, choiceId, reason },
    notice: noticeOf(booking, ride),
    replacementTripId: hold.tripId,
    replacementDepartureTime: timestampFromDate(next.origin.departureTime),
    deadlineTime: timestampFromDate(deadlineTime),
    refund: moneyToProto(total),
  })
  tx.afterCommit(() => ctx.happened('trip_choice_offered', { booking_id: bookingId, choice_id: choiceId }))
}
