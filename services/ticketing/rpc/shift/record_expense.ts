import { compare, type Handler, isPositive, isZero, type Money, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { lockOpenShift } from '../../steps/reach_shift.ts'
import { receiptLimit } from '../../steps/receipt_limit.ts'
import { insertMovements } from '../../store/shift_cash.ts'
import { cashFromProto, cashInvalid, movementToProto } from '../../wire/shift.ts'

/** Writes down what was spent from a till. */
export const recordExpense =
  (ctx: Ctx): Handler<typeof ShiftService.method.recordExpense> =>
  (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const shift = await lockOpenShift(tx, sessionOf(call), req.shiftId)
      const amount = cashFromProto(req.amount, 'amount', shift.float.currency)
      if (isZero(amount)) throw cashInvalid('amount', 'is nothing')
      const receipt = req.receipt.trim()
      refuseWithoutReceipt(ctx, amount, receipt)
      const movement = {
        movementId: ctx.newId(),
        kind: 'EXPENSE' as const,
        amount,
        subjectId: req.expenseId,
        description: req.description.trim(),
        receipt,
        moveTime: ctx.clock.now(),
        correctedShiftId: undefined,
      }
      const written = await insertMovements(tx, shift, [movement])
      if (written === 0) throw refuse('ID_TAKEN', 'another expense has this id')
      return { movement: movementToProto(movement) }
    })

function refuseWithoutReceipt(ctx: Ctx, amount: Money, receipt: string): void {
  const limit = receiptLimit(ctx, amount.currency)
  if (receipt !== '' || limit === undefined || !isPositive(amount) || compare(amount, limit) <= 0) return
  throw refuse('RECEIPT_MISSING', 'an expense of this size needs a receipt', { limit: limit.minor.toString() })
}
