import { create, fromBinary } from '@bufbuild/protobuf'
import type { Queries, Session } from '#kit'
import { type ShiftReport, ShiftReportSchema } from '#gen/tms/ticketing/v1/shift_pb.ts'
import type { Ctx } from '../context.ts'
import { addTotals } from '../domain/shift.ts'
import { refuse } from '../errors.ts'
import { knownSales, notableMovements } from '../store/shift_cash.ts'
import { readReport, type Shift } from '../store/shifts.ts'
import { type ReportParts, reportToProto } from '../wire/shift.ts'
import { reachShift } from './reach_shift.ts'
import { journalExpenses, movedSoFar } from './shift_journal.ts'
import { collectedBy } from './shift_sales.ts'

/**
 * What a shift comes to: as it was closed, as it was counted, or as it is at this moment.
 *
 * @throws {ConnectError} SHIFT_UNKNOWN; COUNT_FIRST for whoever works the shift, whatever else he may do in the company
 */
export async function reportOf(ctx: Ctx, session: Session, shiftId: string): Promise<ShiftReport> {
  const now = ctx.clock.now()
  const { shift, kept } = await ctx.db.transaction(async (tx) => ({
    shift: await reachShift(tx, session, shiftId),
    kept: await readReport(tx, shiftId),
  }))
  if (kept) return fromBinary(ShiftReportSchema, kept)
  if (shift.state === 'OPEN' && shift.agentUserId === session.userId) {
    throw refuse('COUNT_FIRST', 'what the till should hold is told once it is counted')
  }
  const parts = shift.count
    ? await ctx.db.transaction((tx) => countedReport(tx, shift, now))
    : await runningReport(ctx, shift, now)
  return create(ShiftReportSchema, reportToProto(parts))
}

/** What a count has found; it does not change any more. */
export async function countedReport(db: Queries, shift: Shift, reportTime: Date): Promise<ReportParts> {
  const movements = [...(await notableMovements(db, shift.shiftId)), ...(await journalExpenses(db, shift))]
  return { shift, totals: shift.count?.totals ?? [], movements, reportTime }
}

async function runningReport(ctx: Ctx, shift: Shift, reportTime: Date): Promise<ReportParts> {
  const sales = await collectedBy(ctx, shift)
  const ids = sales.map(({ subjectId }) => subjectId)
  return ctx.db.transaction(async (tx) => {
    const known = await knownSales(tx, ids)
    const unknown = sales.filter(({ subjectId }) => !known.has(subjectId))
    const { totals, movements } = await movedSoFar(tx, shift)
    const sold = unknown.map(({ amount }) => ({ kind: 'SALE' as const, count: 1, amount }))
    return { shift, totals: addTotals(totals, sold), movements, reportTime }
  })
}
