import { type Handler, sessionOf, type Tx, zero } from '#kit'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import type { Ctx } from '../../context.ts'
import type { Booking } from '../../domain/booking.ts'
import { normalizeCode } from '../../domain/booking_code.ts'
import { bookingUnknown } from '../../steps/reach_booking.ts'
import { findBooking, readBooking } from '../../store/bookings.ts'
import { claimOwnerless, noteChange, receiverOf } from '../../store/changes.ts'
import { rideOf } from '../../store/rides.ts'
import { bookingToProto } from '../../wire/booking.ts'

/** Puts a booking that was given away into the account of whoever knows its code and phone. */
export const claimBooking =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.claimBooking> =>
  async (req, call) => {
    const { userId } = sessionOf(call)
    // All rows: nobody has it in an account; code and phone together are the key, and the gateway counts the guesses.
    const found = await findBooking(ctx.db.system, normalizeCode(req.bookingCode), req.phone)
    if (!found) throw bookingUnknown()
    const ride = await rideOf(ctx.db.system, found)
    const work = async (tx: Tx) => {
      await take(tx, ctx, found, userId)
      const booking = await readBooking(tx, found.bookingId)
      return { booking: bookingToProto(booking!, ride, ctx.clock.now(), 'PASSENGER') }
    }
    return ctx.db.once(call, req, work, { tenantId: found.tenantId })
  }

/** @throws {ConnectError} BOOKING_UNKNOWN when somebody has it, or it was never given away */
async function take(tx: Tx, ctx: Ctx, found: Booking, userId: string): Promise<void> {
  const { bookingId, tenantId } = found
  const nobody = await receiverOf(tx, bookingId)
  if (nobody === undefined || !(await claimOwnerless(tx, bookingId, nobody, userId))) throw bookingUnknown()
  const none = zero(found.total.currency)
  await noteChange(
    tx,
    { bookingId, tenantId, userId },
    {
      ...{ changeId: ctx.newId(), kind: 'CLAIMED', time: ctx.clock.now(), otherBookingId: undefined },
      ...{ fee: none, due: none, refund: none, byStaff: false, actorUserId: userId },
    },
  )
}
