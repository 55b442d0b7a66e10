import { type Handler, moneyToProto, sessionOf, type Tx } from '#kit'
import { DepositReceivedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { receiptPostings } from '../../domain/shift.ts'
import { refuse } from '../../errors.ts'
import { postCash } from '../../steps/post_cash.ts'
import { receive, shiftOfDeposit } from '../../store/deposits.ts'
import { type Deposit, lockShift, type Shift } from '../../store/shifts.ts'
import { cashFromProto, depositToProto } from '../../wire/shift.ts'

/** Cash that was handed over has arrived: a second person says how much of it. */
export const confirmDeposit =
  (ctx: Ctx): Handler<typeof ShiftService.method.confirmDeposit> =>
  (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const confirmUserId = sessionOf(call).userId
      const { shift, deposit } = await lockDeposit(tx, req.depositId)
      const received = cashFromProto(req.received, 'received', shift.float.currency)
      if (deposit.agentUserId === confirmUserId) {
        throw refuse('SAME_PERSON', 'whoever handed the cash over does not receive it')
      }
      const confirmTime = ctx.clock.now()
      if (!(await receive(tx, deposit.depositId, { received, confirmUserId, confirmTime }))) {
        throw refuse('DEPOSIT_CONFIRMED', 'somebody has received it before')
      }
      await postCash(tx, ctx, shift, receiptPostings(deposit.destination, deposit.amount, received))
      await tx.publish(DepositReceivedSchema, shift.shiftId, {
        tenantId: shift.tenantId,
        depositId: deposit.depositId,
        shiftId: shift.shiftId,
        agentUserId: deposit.agentUserId,
        confirmUserId,
        amount: moneyToProto(deposit.amount),
        received: moneyToProto(received),
      })
      return { deposit: depositToProto({ ...deposit, received, confirmUserId, confirmTime }) }
    })

/** @throws {ConnectError} DEPOSIT_UNKNOWN */
async function lockDeposit(tx: Tx, depositId: string): Promise<{ shift: Shift; deposit: Deposit }> {
  const shiftId = await shiftOfDeposit(tx, depositId)
  const shift = shiftId === undefined ? undefined : await lockShift(tx, shiftId)
  const deposit = shift?.deposits.find((one) => one.depositId === depositId)
  if (shift && deposit) return { shift, deposit }
  throw refuse('DEPOSIT_UNKNOWN', 'no such deposit')
}
