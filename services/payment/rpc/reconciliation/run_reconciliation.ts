import type { Handler } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reconciliationToProto } from '../../convert_reconciliation.ts'
import { refuse } from '../../errors.ts'
import { inBackground } from '../../flow/background.ts'
import { reconcileWaiting } from '../../flow/reconcile.ts'
import { beginRun, findReconciliation, lockReconciliation, partsKept } from '../../store/reconciliations.ts'
import { existing } from './start_reconciliation.ts'

/** Begins to reconcile a file whose parts are all here. */
export const runReconciliation =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.runReconciliation> =>
  async ({ reconciliationId, partCount }) => {
    const row = await ctx.db.transaction(async (tx) => {
      const open = await existing(lockReconciliation(tx, reconciliationId))
      if (open.state !== 'UPLOADING') return open
      const { count, last } = await partsKept(tx, reconciliationId)
      if (count !== partCount || last !== partCount - 1) {
        const metadata = { received: String(count), expected: String(partCount) }
        throw refuse('UPLOAD_INCOMPLETE', `${count} of ${partCount} parts are here`, metadata)
      }
      await beginRun(tx, reconciliationId, partCount, ctx.clock.now())
      tx.afterCommit(() => inBackground(ctx, 'reconcile', () => reconcileWaiting(ctx)))
      return existing(findReconciliation(tx, reconciliationId))
    })
    return { reconciliation: reconciliationToProto(row) }
  }
