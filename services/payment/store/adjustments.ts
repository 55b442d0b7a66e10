import { and, desc, eq, lt } from 'drizzle-orm'
import type { Tx } from '#kit'
import { type AdjustmentRow, ledgerAdjustment } from './ledger_schema.ts'

/**
 * Writes down what was asked for. Fails on `ledger_adjustment_pkey` when the id was used before, and on
 * `ledger_adjustment_reverses_once` when the entry is reversed, or about to be.
 */
export async function insertAdjustment(tx: Tx, row: AdjustmentRow): Promise<void> {
  await tx.insert(ledgerAdjustment).values(row)
}

/** An adjustment, locked until the transaction ends; undefined when there is none. */
export async function lockAdjustment(tx: Tx, adjustmentId: string): Promise<AdjustmentRow | undefined> {
  const [row] = await tx
    .select()
    .from(ledgerAdjustment)
    .where(eq(ledgerAdjustment.adjustmentId, adjustmentId))
    .for('update')
  return row
}

/** Decides about a proposed adjustment. Fails on `ledger_adjustment_two_people` when its maker decides. */
export async function decide(
  tx: Tx,
  adjustmentId: string,
  decision: { readonly state: 'POSTED' | 'REJECTED'; readonly checkerUserId: string; readonly decideTime: Date },
): Promise<AdjustmentRow | undefined> {
  const [row] = await tx
    .update(ledgerAdjustment)
    .set(decision)
    .where(and(eq(ledgerAdjustment.adjustmentId, adjustmentId), eq(ledgerAdjustment.state, 'PROPOSED')))
    .returning()
  return row
}

/** Adjustments, newest first. */
export function listAdjustments(
  tx: Tx,
  page: {
    readonly limit: number
    readonly after: string | undefined
    readonly state: AdjustmentRow['state'] | undefined
  },
): Promise<AdjustmentRow[]> {
  return tx
    .select()
    .from(ledgerAdjustment)
    .where(
      and(
        page.after === undefined ? undefined : lt(ledgerAdjustment.adjustmentId, page.after),
        page.state && eq(ledgerAdjustment.state, page.state),
      ),
    )
    .orderBy(desc(ledgerAdjustment.adjustmentId))
    .limit(page.limit)
}
