import type { Queries } from '#kit'
import { refuse } from '../errors.ts'
import type { CashTotal } from '../domain/shift.ts'
import { movedIn, type Movement, notableMovements } from '../store/shift_cash.ts'
import type { Shift } from '../store/shifts.ts'

/**
 * Sees to it that everything which a till has written down is here: what is not cannot be counted. Answers how many entries
 * that is.
 *
 * @throws {ConnectError} SALES_NOT_SYNCED
 */
export function assertSynced(journalLength: bigint): bigint {
  if (journalLength === 0n) return 0n
  throw refuse('SALES_NOT_SYNCED', 'the till has entries that have not reached us', {
    synced: '0',
    journal_length: journalLength.toString(),
  })
}

/** What has moved in a shift, and what of it is told one by one. */
export async function movedSoFar(db: Queries, shift: Shift): Promise<{ totals: CashTotal[]; movements: Movement[] }> {
  return { totals: await movedIn(db, shift.shiftId), movements: await notableMovements(db, shift.shiftId) }
}
