import type { Ctx } from '../context.ts'
import { secondsAfter } from '../domain/schedule.ts'
import type { ReconciliationRow } from '../store/reconciliation_schema.ts'
import { takeReconciliation } from '../store/reconciliations.ts'
import { reconcileByAsking } from './reconcile_by_asking.ts'
import { reconcileFile } from './reconcile_file.ts'

/** A reconciliation whose process says nothing for this long is taken up by another. */
export const LEASE_SECONDS = 120

/** Works on every reconciliation that waits, one after the other. */
export async function reconcileWaiting(ctx: Ctx): Promise<void> {
  for (;;) {
    // All rows, as everywhere in a reconciliation: it compares the money of all companies.
    const row = await takeReconciliation(ctx.db.system, ctx.clock.now(), leaseTime(ctx))
    if (!row) return
    await work(ctx, row)
  }
}

/** Until when a reconciliation is left to who works on it. */
export function leaseTime(ctx: Ctx): Date {
  return secondsAfter(ctx.clock.now(), LEASE_SECONDS)
}

function work(ctx: Ctx, row: ReconciliationRow): Promise<void> {
  return row.source === 'FILE' ? reconcileFile(ctx, row) : reconcileByAsking(ctx, row)
}
