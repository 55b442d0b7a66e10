import type { Session } from '#kit'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { readBooking } from '../store/bookings.ts'
import type { Reader } from '../wire/booking.ts'

/**
 * A booking that the caller may see: the caller's own, or one of the company that the caller acts for.
 *
 * @param staffPermission what staff must have been granted
 * @throws {ConnectError} BOOKING_UNKNOWN, also for a booking of somebody else: nobody learns that it exists
 */
export async function reachBooking(
  ctx: Ctx,
  session: Session,
  bookingId: string,
  staffPermission: string,
): Promise<{ booking: Booking; reader: Reader }> {
  const own = await ctx.db.transaction((tx) => readBooking(tx, bookingId))
  if (own) return { booking: own, reader: 'PASSENGER' }
  const { tenantId } = session
  if (tenantId !== undefined && session.can(staffPermission)) {
    const sold = await ctx.db.transaction((tx) => readBooking(tx, bookingId), { tenantId })
    if (sold) return { booking: sold, reader: 'STAFF' }
  }
  throw bookingUnknown()
}

/** The one answer for bookings that do not exist and for those of others. */
export function bookingUnknown() {
  return refuse('BOOKING_UNKNOWN', 'no such booking')
}
