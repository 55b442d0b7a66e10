import { type Handler, sessionOf, type Tx } from '#kit'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { kept, rowsOf } from '../../steps/kept.ts'
import { prepareReissue, writeReissue } from '../../steps/reissue.ts'
import { tellTickets } from '../../steps/tell_sale.ts'
import { readBooking } from '../../store/bookings.ts'
import { bookingToProto } from '../../wire/booking.ts'

/** Corrects the names on a booking's tickets. */
export const renamePassengers =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.renamePassengers> =>
  async (req, call) => {
    const prepared = await kept(prepareReissue(ctx, sessionOf(call), req))
    const work = async (tx: Tx) => {
      const one = prepared()
      const { booking, oldRide: ride, tickets, now, byStaff } = one
      await writeReissue(tx, ctx, one, 'RENAMED')
      const changed = { bookingCode: booking.bookingCode, refund: undefined }
      await tellTickets(tx, { booking, ride, tickets, reseated: false, changed })
      tx.afterCommit(() => ctx.happened('booking_renamed', { booking_id: booking.bookingId }))
      const renamed = await readBooking(tx, booking.bookingId)
      return { booking: bookingToProto(renamed!, ride, now, byStaff ? 'STAFF' : 'PASSENGER') }
    }
    return ctx.db.once(call, req, work, rowsOf(prepared))
  }
