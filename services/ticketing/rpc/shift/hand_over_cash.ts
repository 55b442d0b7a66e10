import { type Handler, isConstraint, isZero, sessionOf, subtract } from '#kit'
import type { HandOverCashRequest, ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import { Deposit_Destination } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { Ctx } from '../../context.ts'
import { handOverPostings } from '../../domain/shift.ts'
import { refuse } from '../../errors.ts'
import { postCash } from '../../steps/post_cash.ts'
import { lockCountedShift } from '../../steps/reach_shift.ts'
import { handOver } from '../../store/deposits.ts'
import { readShift } from '../../store/shifts.ts'
import { cashFromProto, cashInvalid, depositToProto } from '../../wire/shift.ts'

/** Counted cash leaves a till: it is on its way until somebody else has received it. */
export const handOverCash =
  (ctx: Ctx): Handler<typeof ShiftService.method.handOverCash> =>
  async (req, call) => {
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const session = sessionOf(call)
        const shift = await lockCountedShift(tx, session, req.shiftId)
        const amount = cashFromProto(req.amount, 'amount', shift.float.currency)
        if (isZero(amount)) throw cashInvalid('amount', 'is nothing')
        const left = shift.count ? subtract(shift.count.counted, shift.handedOver) : shift.handedOver
        if (amount.minor > left.minor) {
          const more = 'that is more than is left of what was counted'
          throw refuse('DEPOSIT_EXCEEDS_TILL', more, { left: left.minor.toString() })
        }
        const { depositId } = req
        const destination = destinationOf(req)
        const [reference, handOverTime] = [req.reference.trim(), ctx.clock.now()]
        await handOver(tx, shift, {
          depositId,
          destination,
          amount,
          reference,
          agentUserId: session.userId,
          handOverTime,
        })
        await postCash(tx, ctx, shift, handOverPostings(amount))
        const after = await readShift(tx, shift.shiftId)
        return { deposit: depositToProto(after!.deposits.find((one) => one.depositId === depositId)!) }
      })
    } catch (err) {
      if (isConstraint(err, 'shift_deposit_pkey')) throw refuse('ID_TAKEN', 'another deposit has this id')
      throw err
    }
  }

function destinationOf({ destination }: HandOverCashRequest): 'SAFE' | 'BANK' {
  return destination === Deposit_Destination.BANK ? 'BANK' : 'SAFE'
}
