import type { Handler } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reconciliationToProto } from '../../convert_reconciliation.ts'
import { findReconciliation, openBreaksOf, totalsOf } from '../../store/reconciliations.ts'
import { existing } from './start_reconciliation.ts'

/** How far a reconciliation is, or what it found. */
export const getReconciliation =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.getReconciliation> =>
  async ({ reconciliationId }) =>
    ctx.db.transaction(async (tx) => {
      const row = await existing(findReconciliation(tx, reconciliationId))
      const totals = await totalsOf(tx, reconciliationId)
      return { reconciliation: reconciliationToProto(row, totals, await openBreaksOf(tx, reconciliationId)) }
    })
