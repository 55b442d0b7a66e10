import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import { Shift_State } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import type { ShiftState } from '../../domain/shift.ts'
import { SUPERVISE } from '../../steps/reach_shift.ts'
import { listShifts as read } from '../../store/shifts.ts'
import { shiftToProto } from '../../wire/shift.ts'

const states: Readonly<Record<number, ShiftState>> = {
  [Shift_State.OPEN]: 'OPEN',
  [Shift_State.COUNTED]: 'COUNTED',
  [Shift_State.CLOSED]: 'CLOSED',
}

/** A page of shifts, newest first. */
export const listShifts =
  (ctx: Ctx): Handler<typeof ShiftService.method.listShifts> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { limit, after } = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const agentUserId = session.can(SUPERVISE) ? undefined : session.userId
    const { depositWaiting } = req
    const rows = await ctx.db.transaction((tx) =>
      read(tx, { agentUserId, state: states[req.state], depositWaiting, limit, after }),
    )
    return { shifts: rows.map(shiftToProto), nextPageToken: nextPageToken(rows, limit, ({ shiftId }) => shiftId) }
  }
