import { type Handler, sessionOf } from '#kit'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { shiftReportPdf } from '../../paper/shift_report.ts'
import { reportOf } from '../../steps/shift_report.ts'

/** An X or Z report as a page to print. */
export const renderShiftReport =
  (ctx: Ctx): Handler<typeof ShiftService.method.renderShiftReport> =>
  async ({ shiftId }, call) => {
    const report = await reportOf(ctx, sessionOf(call), shiftId)
    const zNumber = report.shift?.zNumber ?? 0
    return { pdf: await shiftReportPdf(report), fileName: zNumber > 0 ? `z-${zNumber}.pdf` : `x-${shiftId}.pdf` }
  }
