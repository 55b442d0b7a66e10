import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Money, moneyToProto, type Tx } from '#kit'
import { CancelCause as WireCause } from '#gen/tms/ticketing/v1/cancel_cause_pb.ts'
import { BookingCancelledSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import type { Booking } from '../domain/booking.ts'
import { stateAt } from '../domain/booking_state.ts'
import { amountOrNothing, owed, refundOf } from '../domain/refund_rule.ts'
import { expectedDeparture, hasLeft, type Ride, type RideForSale } from '../domain/ride.ts'
import type { SalesTerms } from '../domain/sales_terms.ts'
import { readBooking } from '../store/bookings.ts'
import { closeChoiceOf } from '../store/choices.ts'
import { type Cancellation, cancelConfirmed } from '../store/endings.ts'
import type { Reader } from '../wire/booking.ts'
import { noticeOf } from '../wire/notice.ts'
import { giveBackFunds } from './give_back.ts'
import { giveUpHold } from './give_up_hold.ts'
import { tellVoided } from './tell_voided.ts'

/** A paid booking that ends, and what goes back. */
export type Ending = Cancellation & { readonly refund: Money }

/** Why money goes back, in the books. */
const bookWords: Readonly<Record<Cancellation['cause'], string>> = {
  PASSENGER: 'cancelled by the passenger',
  COMPANY: 'cancelled by the company',
  TRIP: 'trip cancelled',
  CHANGE: 'changed',
}

/**
 * What goes back if somebody cancels a paid booking now, and in whose name that would be.
 *
 * @throws {ConnectError} NOT_CONFIRMED, CANCEL_TOO_LATE
 */
export function refundOrRefuse(booking: Booking, ride: RideForSale, soldUnder: SalesTerms, reader: Reader, now: Date) {
  const state = stateAt(booking, now)
  if (state !== 'CONFIRMED') throw refuse('NOT_CONFIRMED', 'only a paid booking can be cancelled', { state })
  // Whose trip was cancelled gets everything, whatever the hour.
  if (booking.awaitsChoice) return { cause: 'TRIP' as const, refund: booking.total }
  const cause = reader === 'PASSENGER' ? ('PASSENGER' as const) : ('COMPANY' as const)
  const refund = refundOf(booking.total, cause, expectedDeparture(ride), now, soldUnder.refundBands)
  if (!refund || (cause === 'PASSENGER' && hasLeft(ride, now))) throw tooLate(booking)
  return { cause, refund }
}

export function tooLate({ bookingId }: Booking) {
  return refuse('CANCEL_TOO_LATE', 'the ride has begun', { booking_id: bookingId })
}

/**
 * Ends a paid booking: seats free, also those that were kept elsewhere, tickets void, money owed, everybody told, in the
 * transaction given.
 *
 * @returns false when the booking cannot be ended any more
 */
export async function endPaidBooking(tx: Tx, ctx: Ctx, booking: Booking, ride: Ride, ending: Ending): Promise<boolean> {
  if (!(await cancelConfirmed(tx, booking.bookingId, ending))) return false
  await letGoOfKept(tx, booking, ending.now)
  const back = owed(ending.refund)
  if (back) await giveBackFunds(tx, ctx, booking, { amount: back, reason: bookWords[ending.cause] })
  await tellEnding(tx, booking, ride, ending, back)
  tx.afterCommit(() => ctx.happened('booking_cancelled', { booking_id: booking.bookingId, cause: ending.cause }))
  return true
}

async function tellEnding(tx: Tx, booking: Booking, ride: Ride, ending: Ending, back: Money | undefined) {
  const { tenantId, bookingId, tripId } = booking
  await tx.publish(BookingCancelledSchema, bookingId, {
    tenantId,
    bookingId,
    tripId,
    bookingCode: booking.bookingCode,
    notice: noticeOf(booking, ride),
    cause: WireCause[ending.cause],
    reason: ending.reason,
    total: moneyToProto(booking.total),
    refund: moneyToProto(amountOrNothing(back, booking.total.currency)),
    cancelTime: timestampFromDate(ending.now),
  })
  await tellVoided(tx, booking, ending.cause === 'TRIP' ? 'trip_cancelled' : 'cancelled')
}

/** Who was still asked whether to ride on the next trip is asked no more; the seats there are free again. */
async function letGoOfKept(tx: Tx, { bookingId }: Booking, now: Date): Promise<void> {
  const choice = await closeChoiceOf(tx, bookingId, now)
  const kept = choice && (await readBooking(tx, choice.replacementBookingId))
  if (kept) await giveUpHold(tx, kept, now)
}
