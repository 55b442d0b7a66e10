import type { Handler } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { normalizeCode } from '../domain/booking_code.ts'
import { bookingUnknown } from '../steps/reach_booking.ts'
import { findBooking as readFound } from '../store/bookings.ts'
import { rideOf } from '../store/rides.ts'
import { bookingToProto } from '../wire/booking.ts'

/** Shows a booking to a guest who knows its code and its phone: what the message to the passenger said. */
export const findBooking =
  (ctx: Ctx): Handler<typeof TicketingService.method.findBooking> =>
  async (req) => {
    // All rows: a guest is nobody; code and phone together are the key, and the gateway counts the guesses.
    const booking = await readFound(ctx.db.system, normalizeCode(req.bookingCode), req.phone)
    if (!booking) throw bookingUnknown()
    const ride = await rideOf(ctx.db.system, booking)
    return { booking: bookingToProto(booking, ride, ctx.clock.now(), 'PASSENGER') }
  }
