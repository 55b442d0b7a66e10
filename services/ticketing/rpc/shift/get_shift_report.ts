import { type Handler, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reportOf } from '../../steps/shift_report.ts'

/** The X report of a running shift, or the Z report of a closed one. */
export const getShiftReport =
  (ctx: Ctx): Handler<typeof ShiftService.method.getShiftReport> =>
  async ({ shiftId }, call) => ({ report: await reportOf(ctx, sessionOf(call), shiftId) })
