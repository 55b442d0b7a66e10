import { fromBinary } from '@bufbuild/protobuf'
import { add, derivedUuid, moneyToProto, negate, type Queries, type Tx } from '#kit'
import { ShiftCorrectedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import { JournalEntrySchema } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { Ctx } from '../context.ts'
import { addTotals, type CashTotal } from '../domain/shift.ts'
import { refuse } from '../errors.ts'
import { takeDrop } from '../store/deposits.ts'
import { insertMovements, movedIn, type Movement, type NewMovement, notableMovements } from '../store/shift_cash.ts'
import {
  type JournalCash,
  journalEntries,
  journalTotals,
  lateEntries,
  lockJournal,
  syncedLength,
} from '../store/shift_journal.ts'
import type { Shift } from '../store/shifts.ts'

/**
 * How far the till's journal has reached us, which must be all of it: what is not here cannot be counted.
 *
 * @throws {ConnectError} SALES_NOT_SYNCED
 */
export async function assertSynced(tx: Tx, shift: Shift, journalLength: bigint): Promise<bigint> {
  const synced = await lockJournal(tx, shift.deviceId)
  if (journalLength === synced) return synced
  throw refuse('SALES_NOT_SYNCED', 'the till has entries that have not reached us', {
    synced: synced.toString(),
    journal_length: journalLength.toString(),
  })
}

/**
 * Takes the journal of the till into its shift: what it says of the shift itself, and what came too late for the shifts
 * before, which is told. Answers everything that has moved.
 */
export async function takeInJournal(tx: Tx, ctx: Ctx, shift: Shift, through: bigint): Promise<CashTotal[]> {
  const late = await lateEntries(tx, shift, through)
  const corrections = late.map((entry) => correctionOf(shift, entry, ctx.newId()))
  await insertMovements(tx, shift, corrections)
  await tellCorrections(tx, shift, late)
  for (const drop of await journalEntries(tx, shift, 'CASH_DROP')) {
    const depositId = derivedUuid(shift.deviceId, `drop ${drop.sequence}`)
    await takeDrop(tx, shift, { depositId, amount: negate(drop.cash), handOverTime: drop.deviceTime })
  }
  return addTotals(await movedIn(tx, shift.shiftId), await journalTotals(tx, shift))
}

/** What has moved in a shift that is not counted yet, and what of it is told one by one. */
export async function movedSoFar(db: Queries, shift: Shift): Promise<{ totals: CashTotal[]; movements: Movement[] }> {
  const late = await lateEntries(db, shift, await syncedLength(db, shift.deviceId))
  const corrections = late.map((entry) => toldOf(correctionOf(shift, entry, derivedUuid(entry.shiftId, 'late'))))
  const corrected: CashTotal[] = late.map(({ cash }) => ({ kind: 'CORRECTION', count: 1, amount: cash }))
  const totals = addTotals(await movedIn(db, shift.shiftId), await journalTotals(db, shift), corrected)
  const movements = [...(await notableMovements(db, shift.shiftId)), ...(await journalExpenses(db, shift))]
  return { totals, movements: [...movements, ...corrections] }
}

/** The expenses that the till's journal tells of, in the agent's words. */
export async function journalExpenses(db: Queries, shift: Shift): Promise<Movement[]> {
  const entries = await journalEntries(db, shift, 'EXPENSE')
  return entries.flatMap(({ body, cash, deviceTime }) => {
    const { detail } = fromBinary(JournalEntrySchema, body)
    if (detail.case !== 'expense') return []
    const { expenseId, category, note, receipt } = detail.value
    const description = [category, note].filter((text) => text !== '').join(': ')
    const told = { movementId: expenseId, subjectId: expenseId, description, receipt, correctedShiftId: undefined }
    return [{ ...told, kind: 'EXPENSE' as const, amount: negate(cash), moveTime: deviceTime }]
  })
}

function correctionOf(shift: Shift, { sequence, shiftId, cash, deviceTime }: JournalCash, movementId: string) {
  return {
    movementId,
    kind: 'CORRECTION',
    amount: cash,
    subjectId: shiftId,
    moveTime: deviceTime,
    correctedShiftId: shiftId,
    deviceId: shift.deviceId,
    journalSequence: sequence,
  } satisfies NewMovement
}

function toldOf(movement: ReturnType<typeof correctionOf>): Movement {
  return { ...movement, description: '', receipt: '' }
}

async function tellCorrections(tx: Tx, shift: Shift, late: readonly JournalCash[]): Promise<void> {
  for (const [correctedShiftId, entries] of Map.groupBy(late, ({ shiftId }) => shiftId)) {
    const [first, ...rest] = entries.map(({ cash }) => cash)
    await tx.publish(ShiftCorrectedSchema, shift.shiftId, {
      tenantId: shift.tenantId,
      correctedShiftId,
      shiftId: shift.shiftId,
      deviceId: shift.deviceId,
      entryCount: entries.length,
      amount: moneyToProto(rest.reduce(add, first!)),
    })
  }
}
