import { type Handler, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachShift } from '../../steps/reach_shift.ts'
import { shiftToProto } from '../../wire/shift.ts'

/** A shift as it stands. */
export const getShift =
  (ctx: Ctx): Handler<typeof ShiftService.method.getShift> =>
  async ({ shiftId }, call) => {
    const shift = await ctx.db.transaction((tx) => reachShift(tx, sessionOf(call), shiftId))
    return { shift: shiftToProto(shift) }
  }
