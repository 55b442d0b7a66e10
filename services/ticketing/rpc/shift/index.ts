import type { ServiceImpl } from '@connectrpc/connect'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { closeShift } from './close_shift.ts'
import { confirmDeposit } from './confirm_deposit.ts'
import { countShift } from './count_shift.ts'
import { exportAgencyStatement } from './export_agency_statement.ts'
import { getAgencyStatement } from './get_agency_statement.ts'
import { getShift } from './get_shift.ts'
import { getShiftReport } from './get_shift_report.ts'
import { handOutRefund } from './hand_out_refund.ts'
import { handOverCash } from './hand_over_cash.ts'
import { listShifts } from './list_shifts.ts'
import { openShift } from './open_shift.ts'
import { recordExpense } from './record_expense.ts'
import { renderShiftReport } from './render_shift_report.ts'

/** Every method of ShiftService. */
export const shiftRpcs = (ctx: Ctx): ServiceImpl<typeof ShiftService> => ({
  openShift: openShift(ctx),
  recordExpense: recordExpense(ctx),
  handOutRefund: handOutRefund(ctx),
  countShift: countShift(ctx),
  handOverCash: handOverCash(ctx),
  confirmDeposit: confirmDeposit(ctx),
  closeShift: closeShift(ctx),
  getShift: getShift(ctx),
  listShifts: listShifts(ctx),
  getShiftReport: getShiftReport(ctx),
  renderShiftReport: renderShiftReport(ctx),
  getAgencyStatement: getAgencyStatement(ctx),
  exportAgencyStatement: exportAgencyStatement(ctx),
})
