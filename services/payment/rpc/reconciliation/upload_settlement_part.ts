import type { Handler } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { keepPart, lockReconciliation } from '../../store/reconciliations.ts'
import { existing } from './start_reconciliation.ts'

/** Keeps one part of a file until all are here. */
export const uploadSettlementPart =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.uploadSettlementPart> =>
  async ({ reconciliationId, partNumber, content }) => {
    await ctx.db.transaction(async (tx) => {
      const { state } = await existing(lockReconciliation(tx, reconciliationId))
      if (state !== 'UPLOADING') {
        const metadata = { reconciliation_id: reconciliationId, state }
        throw refuse('RECONCILIATION_STARTED', 'the reconciliation takes no further part', metadata)
      }
      await keepPart(tx, { reconciliationId, partNumber, content: Buffer.from(content) })
    })
    return {}
  }
