import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, sessionOf } from '#kit'
import { BookingChange_Kind as Kind } from '#gen/tms/ticketing/v1/booking_change_pb.ts'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachBooking } from '../../steps/reach_booking.ts'
import { listChanges } from '../../store/changes.ts'

/** Lists what was done to a booking; a passenger sees what was done while it was the passenger's own. */
export const listBookingChanges =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.listBookingChanges> =>
  async (req, call) => {
    const { booking, reader } = await reachBooking(ctx, sessionOf(call), req.bookingId, 'ticketing.sales.read')
    const rows = reader === 'STAFF' ? { tenantId: booking.tenantId } : 'session'
    const changes = await ctx.db.transaction((tx) => listChanges(tx, booking.bookingId), rows)
    return {
      changes: changes.map((one) => ({
        kind: Kind[one.kind],
        changeTime: timestampFromDate(one.time),
        otherBookingId: one.otherBookingId ?? '',
        otherBookingCode: one.otherBookingCode,
        fee: moneyToProto(one.fee),
        amountDue: moneyToProto(one.due),
        refund: moneyToProto(one.refund),
        byStaff: one.byStaff,
      })),
    }
  }
