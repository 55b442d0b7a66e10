import { type Handler, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import type { Refund } from '../../domain/booking.ts'
import { refuse } from '../../errors.ts'
import { bookingUnknown } from '../../steps/reach_booking.ts'
import { lockOpenShift } from '../../steps/reach_shift.ts'
import { readBooking } from '../../store/bookings.ts'
import { insertMovements } from '../../store/shift_cash.ts'
import { movementToProto } from '../../wire/shift.ts'

/** Hands a passenger the refund of a booking that was paid in cash: once, whoever is asked for it. */
export const handOutRefund =
  (ctx: Ctx): Handler<typeof ShiftService.method.handOutRefund> =>
  async (req, call) => {
    const refund = await cashRefund(ctx, req.bookingId)
    return ctx.db.once(call, req, async (tx) => {
      const shift = await lockOpenShift(tx, sessionOf(call), req.shiftId)
      if (refund.amount.currency !== shift.float.currency) throw notInCash()
      const movement = {
        movementId: ctx.newId(),
        kind: 'REFUND' as const,
        amount: refund.amount,
        subjectId: refund.refundId,
        description: '',
        receipt: '',
        moveTime: ctx.clock.now(),
        correctedShiftId: undefined,
      }
      const written = await insertMovements(tx, shift, [movement])
      if (written === 0) throw refuse('REFUND_HANDED_OUT', 'this refund was handed out before')
      return { movement: movementToProto(movement) }
    })
  }

/** @throws {ConnectError} BOOKING_UNKNOWN, REFUND_NOT_IN_CASH */
async function cashRefund(ctx: Ctx, bookingId: string): Promise<Refund> {
  const booking = await ctx.db.transaction((tx) => readBooking(tx, bookingId))
  if (!booking) throw bookingUnknown()
  const refund = booking.refunds.find(({ paymentIntentId }) => paymentIntentId === booking.paymentIntentId)
  if (!refund) throw notInCash()
  const { paymentIntentId } = refund
  const { cash } = await ctx.peers.till.getCashPayment({ paymentIntentId })
  if (!cash) throw notInCash()
  return refund
}

function notInCash() {
  return refuse('REFUND_NOT_IN_CASH', 'nothing of this booking goes back in cash')
}
