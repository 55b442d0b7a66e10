import { type Handler, maskPhone, sessionOf, type Tx } from '#kit'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { BookingTransferredSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import type { Booking } from '../../domain/booking.ts'
import { kept, rowsOf } from '../../steps/kept.ts'
import { prepareReissue, type Reissue, writeReissue } from '../../steps/reissue.ts'
import { tellTickets } from '../../steps/tell_sale.ts'
import type { Holder } from '../../store/changes.ts'
import { readBooking } from '../../store/bookings.ts'
import { bookingToProto } from '../../wire/booking.ts'
import { noticeOf } from '../../wire/notice.ts'

/** Gives a booking to somebody else, who has it in no account until it is claimed. */
export const transferBooking =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.transferBooking> =>
  async (req, call) => {
    const receiver = (old: Booking): Holder => ({
      userId: ctx.newId(),
      phone: req.contact?.phone ?? '',
      email: req.contact?.email ?? '',
      language: req.contact?.language || old.language,
    })
    const prepared = await kept(prepareReissue(ctx, sessionOf(call), req, receiver))
    const work = async (tx: Tx) => {
      const one = prepared()
      await writeReissue(tx, ctx, one, 'TRANSFERRED')
      await tell(tx, ctx, one)
      const given = await readBooking(tx, one.old.bookingId)
      // Whoever gave it away sees no code of it any more.
      return { booking: bookingToProto(given!, one.oldRide, one.now, 'STAFF') }
    }
    return ctx.db.once(call, req, work, rowsOf(prepared))
  }

async function tell(tx: Tx, ctx: Ctx, { old, booking, oldRide: ride, tickets }: Reissue): Promise<void> {
  const { tenantId, bookingId, bookingCode, tripId } = old
  await tellTickets(tx, { booking, ride, tickets, reseated: false, changed: undefined })
  await tx.publish(BookingTransferredSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, tripId },
    notice: noticeOf(old, ride),
    maskedPhone: maskPhone(booking.phone),
  })
  tx.afterCommit(() => ctx.happened('booking_transferred', { booking_id: bookingId }))
}
