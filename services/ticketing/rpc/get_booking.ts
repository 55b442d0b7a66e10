import { type Handler, sessionOf } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { reachBooking } from '../steps/reach_booking.ts'
import { rideOf } from '../store/rides.ts'
import { bookingToProto } from '../wire/booking.ts'

/** Shows a booking to its passenger, or to staff of its company. */
export const getBooking =
  (ctx: Ctx): Handler<typeof TicketingService.method.getBooking> =>
  async (req, call) => {
    const { booking, reader } = await reachBooking(ctx, sessionOf(call), req.bookingId, 'ticketing.sales.read')
    // All rows: the timetable is public.
    const ride = await rideOf(ctx.db.system, booking)
    return { booking: bookingToProto(booking, ride, ctx.clock.now(), reader) }
  }
