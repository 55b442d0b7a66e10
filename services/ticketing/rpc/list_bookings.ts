import { type Handler, nextPageToken, sessionOf } from '#kit'
import { ListBookingsRequest_Period, type TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import { anId, anInstant, cursorPage } from '../steps/cursors.ts'
import { type BookingCursor, listBookings as readPage, type Period } from '../store/bookings.ts'
import { ridesOf } from '../store/rides.ts'
import { bookingToProto } from '../wire/booking.ts'

const periods: Readonly<Record<number, Period>> = {
  [ListBookingsRequest_Period.COMING]: 'COMING',
  [ListBookingsRequest_Period.PAST]: 'PAST',
}

/** Lists the caller's own bookings. */
export const listBookings =
  (ctx: Ctx): Handler<typeof TicketingService.method.listBookings> =>
  async (req, call) => {
    const page = cursorPage(req, { default: 20, max: 100 }, { departureTime: anInstant, bookingId: anId })
    const now = ctx.clock.now()
    const { userId } = sessionOf(call)
    const bookings = await ctx.db.transaction((tx) => readPage(tx, userId, periods[req.period] ?? 'ALL', now, page))
    // All rows: the timetable is public.
    const rides = await ridesOf(ctx.db.system, bookings)
    return {
      bookings: bookings.map((booking, i) => bookingToProto(booking, rides[i]!, now, 'PASSENGER')),
      nextPageToken: nextPageToken(bookings, page.limit, cursorOf),
    }
  }

function cursorOf({ departureTime, bookingId }: Booking): BookingCursor {
  return { departureTime: departureTime.toISOString(), bookingId }
}
