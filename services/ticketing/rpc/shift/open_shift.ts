import { type Handler, isConstraint, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { floatPostings } from '../../domain/shift.ts'
import { refuse } from '../../errors.ts'
import { postCash } from '../../steps/post_cash.ts'
import { openShift as insertShift, readShift } from '../../store/shifts.ts'
import { cashFromProto, shiftToProto } from '../../wire/shift.ts'

/** Begins a shift: the float leaves the safe for the drawer. */
export const openShift =
  (ctx: Ctx): Handler<typeof ShiftService.method.openShift> =>
  async (req, call) => {
    const { userId: agentUserId, tenantId = '' } = sessionOf(call)
    const { shiftId, deviceId, stationId } = req
    const float = cashFromProto(req.float, 'float')
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const openTime = ctx.clock.now()
        await insertShift(tx, { shiftId, tenantId, agentUserId, deviceId, stationId, float, openTime })
        await postCash(tx, ctx, { shiftId, tenantId }, floatPostings(float))
        tx.afterCommit(() => ctx.happened('shift_opened', { shift_id: shiftId }))
        return { shift: shiftToProto((await readShift(tx, shiftId))!) }
      })
    } catch (err) {
      throw whyNot(err) ?? err
    }
  }

function whyNot(err: unknown) {
  if (isConstraint(err, 'shift_open_of_agent')) {
    return refuse('SHIFT_OPEN', 'you work a shift already: count it first', { whose: 'agent' })
  }
  if (isConstraint(err, 'shift_open_of_device')) {
    return refuse('SHIFT_OPEN', 'somebody works a shift at this till', { whose: 'till' })
  }
  return isConstraint(err, 'shift_pkey') ? refuse('ID_TAKEN', 'another shift has this id') : undefined
}
