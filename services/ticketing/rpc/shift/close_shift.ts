import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, isPositive, type Money, sessionOf, subtract } from '#kit'
import { ShiftClosedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { ShiftReportSchema } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { ShiftService } from '#gen/tms/ticketing/v1/shift_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { lockCountedShift } from '../../steps/reach_shift.ts'
import { assertSynced } from '../../steps/shift_journal.ts'
import { countedReport } from '../../steps/shift_report.ts'
import { closeShift as close, keepReport, readShift, type Shift } from '../../store/shifts.ts'
import { reportToProto } from '../../wire/shift.ts'

/** Ends a shift of which nothing is left in the till nor on the device, and makes its Z report for good. */
export const closeShift =
  (ctx: Ctx): Handler<typeof ShiftService.method.closeShift> =>
  (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const shift = await lockCountedShift(tx, sessionOf(call), req.shiftId)
      await assertSynced(tx, shift, req.journalLength)
      const left = cashLeft(shift)
      if (isPositive(left)) {
        throw refuse('CASH_IN_TILL', 'counted cash has not been handed over', { left: left.minor.toString() })
      }
      const closeTime = ctx.clock.now()
      const zNumber = await close(tx, shift, closeTime)
      const closed = (await readShift(tx, shift.shiftId))!
      const report = create(ShiftReportSchema, reportToProto(await countedReport(tx, closed, closeTime)))
      await keepReport(tx, closed, toBinary(ShiftReportSchema, report), closeTime)
      const { tenantId, shiftId, agentUserId, deviceId } = closed
      const told = { tenantId, shiftId, agentUserId, deviceId, zNumber, closeTime: timestampFromDate(closeTime) }
      await tx.publish(ShiftClosedSchema, shiftId, told)
      tx.afterCommit(() => ctx.happened('shift_closed', { shift_id: shiftId, z_number: zNumber }))
      return { report }
    })

function cashLeft({ count, handedOver }: Shift): Money {
  return count ? subtract(count.counted, handedOver) : handedOver
}
