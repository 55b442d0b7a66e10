import { every, moneyToProto, type Tx } from '#kit'
import { BookingExpiredSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { readBookings } from '../store/bookings.ts'
import { expireDue } from '../store/endings.ts'
import { ridesOf } from '../store/rides.ts'
import { unlockSeats, wantedBy } from '../store/seat_locks.ts'
import { noticeOf } from '../wire/notice.ts'

const BATCH = 200

/** Ends holds that ran out. Their seats were for the taking before: this tells the passengers, and tidies up. */
export const expireHolds = every({ seconds: 15 }, 'expire-holds', async (ctx: Ctx) => {
  for (let full = true; full;) {
    // All rows: the job works for every company.
    const expired = await ctx.db.transaction((tx) => expireBatch(tx, ctx), 'system')
    await Promise.all(expired.map((booking) => unlockSeats(ctx, wantedBy(booking))))
    if (expired.length > 0) ctx.happened('holds_expired', { bookings: expired.length })
    full = expired.length === BATCH
  }
})

async function expireBatch(tx: Tx, ctx: Ctx): Promise<Booking[]> {
  const bookings = await readBookings(tx, await expireDue(tx, ctx.clock.now(), BATCH))
  const rides = await ridesOf(tx, bookings)
  await tx.publishAll(
    BookingExpiredSchema,
    bookings.map((booking, i) => ({
      key: booking.bookingId,
      message: {
        tenantId: booking.tenantId,
        bookingId: booking.bookingId,
        bookingCode: booking.bookingCode,
        tripId: booking.tripId,
        notice: noticeOf(booking, rides[i]!),
        total: moneyToProto(booking.total),
      },
    })),
  )
  return bookings
}
