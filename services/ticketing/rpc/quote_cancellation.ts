import { type Handler, moneyToProto, sessionOf, subtract } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refundOrRefuse } from '../steps/cancel.ts'
import { reachBooking } from '../steps/reach_booking.ts'
import { rideForSaleOf } from '../store/rides.ts'
import { readTerms } from '../store/sales_terms.ts'

/** Tells what a cancellation would give back at this moment. */
export const quoteCancellation =
  (ctx: Ctx): Handler<typeof TicketingService.method.quoteCancellation> =>
  async (req, call) => {
    const { booking, reader } = await reachBooking(ctx, sessionOf(call), req.bookingId, 'ticketing.sales.cancel')
    // All rows: the timetable is public.
    const ride = await rideForSaleOf(ctx.db.system, booking)
    const soldUnder = await readTerms(ctx.db.system, booking.tenantId, booking.termsVersion)
    const { refund } = refundOrRefuse(booking, ride, soldUnder, reader, ctx.clock.now())
    return { refund: moneyToProto(refund), fee: moneyToProto(subtract(booking.total, refund)) }
  }
