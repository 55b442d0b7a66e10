import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { normalizeCode } from '../domain/booking_code.ts'
import type { TripChoice } from '../domain/trip_choice.ts'
import { findBooking } from '../store/bookings.ts'
import { choiceOf } from '../store/choices.ts'
import { bookingUnknown } from './reach_booking.ts'

/**
 * A booking and what its passenger is or was asked, by the booking's code and phone.
 *
 * @throws {ConnectError} BOOKING_UNKNOWN, NO_CHOICE
 */
export async function findChoice(
  ctx: Ctx,
  { bookingCode, phone }: { readonly bookingCode: string; readonly phone: string },
): Promise<{ booking: Booking; choice: TripChoice }> {
  // All rows: a guest is nobody; code and phone together are the key, and the gateway counts the guesses.
  const booking = await findBooking(ctx.db.system, normalizeCode(bookingCode), phone)
  if (!booking) throw bookingUnknown()
  const choice = await choiceOf(ctx.db.system, booking.bookingId)
  if (choice) return { booking, choice }
  throw refuse('NO_CHOICE', 'there is nothing to choose for this booking', { state: booking.state })
}
