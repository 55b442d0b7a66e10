import { type Handler, sessionOf, type Tx } from '#kit'
import type { CancelBookingRequest, TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import type { Booking } from '../domain/booking.ts'
import type { RideForSale } from '../domain/ride.ts'
import type { SalesTerms } from '../domain/sales_terms.ts'
import { endPaidBooking, refundOrRefuse, tooLate } from '../steps/cancel.ts'
import { reachBooking } from '../steps/reach_booking.ts'
import { readBooking } from '../store/bookings.ts'
import { rideForSaleOf } from '../store/rides.ts'
import { readTerms } from '../store/sales_terms.ts'
import { unlockSeats, wantedBy } from '../store/seat_locks.ts'
import { bookingToProto, type Reader } from '../wire/booking.ts'

/** Cancels a paid booking and gives back what the rule says. */
export const cancelBooking =
  (ctx: Ctx): Handler<typeof TicketingService.method.cancelBooking> =>
  async (req, call) => {
    const { booking, reader } = await reachBooking(ctx, sessionOf(call), req.bookingId, 'ticketing.sales.cancel')
    // All rows: the timetable is public.
    const ride = await rideForSaleOf(ctx.db.system, booking)
    const soldUnder = await readTerms(ctx.db.system, booking.tenantId, booking.termsVersion)
    const work = async (tx: Tx) => {
      await endOrRefuse(tx, ctx, booking, ride, req, { soldUnder, reader })
      const ended = await readBooking(tx, booking.bookingId)
      return { booking: bookingToProto(ended!, ride, ctx.clock.now(), reader) }
    }
    const answer = await ctx.db.once(call, req, work, { tenantId: booking.tenantId })
    await unlockSeats(ctx, wantedBy(booking))
    return answer
  }

/** @throws {ConnectError} NOT_CONFIRMED, CANCEL_TOO_LATE */
async function endOrRefuse(
  tx: Tx,
  ctx: Ctx,
  booking: Booking,
  ride: RideForSale,
  { reason }: CancelBookingRequest,
  { soldUnder, reader }: { readonly soldUnder: SalesTerms; readonly reader: Reader },
): Promise<void> {
  const now = ctx.clock.now()
  const { cause, refund } = refundOrRefuse(booking, ride, soldUnder, reader, now)
  if (await endPaidBooking(tx, ctx, booking, ride, { cause, reason, now, refund })) return
  throw tooLate(booking)
}
