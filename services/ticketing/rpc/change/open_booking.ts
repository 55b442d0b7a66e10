import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, sessionOf, type Tx, zero } from '#kit'
import type { BookingChangeService, OpenBookingRequest } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import { BookingOpenedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { kept, rowsOf } from '../../steps/kept.ts'
import { giveUpPending } from '../../steps/pending_changes.ts'
import { assertShown } from '../../steps/hold.ts'
import { type Opening, openingOf } from '../../steps/plan_opening.ts'
import { lockUnmoved } from '../../steps/reach_change.ts'
import { tellVoided } from '../../steps/tell_voided.ts'
import { readBooking } from '../../store/bookings.ts'
import { noteChange, openConfirmed } from '../../store/changes.ts'
import { unlockSeats, wantedBy } from '../../store/seat_locks.ts'
import { bookingToProto } from '../../wire/booking.ts'
import { noticeOf } from '../../wire/notice.ts'

/** Turns a paid booking into an open ticket. */
export const openBooking =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.openBooking> =>
  async (req, call) => {
    const prepared = await kept(openingOf(ctx, sessionOf(call), req))
    const work = async (tx: Tx) => {
      const opening = prepared()
      await write(tx, ctx, req, opening)
      const { old, oldRide, now, byStaff } = opening
      tx.afterCommit(() => unlockSeats(ctx, wantedBy(old)))
      const booking = await readBooking(tx, old.bookingId)
      return { booking: bookingToProto(booking!, oldRide, now, byStaff ? 'STAFF' : 'PASSENGER') }
    }
    return ctx.db.once(call, req, work, rowsOf(prepared))
  }

/** @throws {ConnectError} FARE_CHANGED, BOOKING_MOVED, CHANGE_TOO_LATE */
async function write(tx: Tx, ctx: Ctx, req: OpenBookingRequest, opening: Opening): Promise<void> {
  const { old, oldRide, fee, value, expireTime, now, byStaff, actorUserId } = opening
  const { tenantId, bookingId, bookingCode, tripId } = old
  assertShown(fee, req.expectedFee, 'fee')
  await lockUnmoved(tx, opening)
  await giveUpPending(tx, ctx, old)
  if (!(await openConfirmed(tx, bookingId, { value, expireTime, now }))) {
    throw refuse('BOOKING_MOVED', 'the booking was changed at this moment; look again')
  }
  await tellVoided(tx, old, 'opened')
  await tx.publish(BookingOpenedSchema, bookingId, {
    ...{ tenantId, bookingId, bookingCode, tripId, notice: noticeOf(old, oldRide) },
    value: moneyToProto(value),
    fee: moneyToProto(fee),
    openExpireTime: timestampFromDate(expireTime),
  })
  const none = zero(fee.currency)
  await noteChange(tx, old, {
    ...{ changeId: ctx.newId(), kind: 'OPENED', time: now, otherBookingId: undefined },
    ...{ fee, due: none, refund: none, byStaff, actorUserId },
  })
  tx.afterCommit(() => ctx.happened('booking_opened', { booking_id: bookingId }))
}
