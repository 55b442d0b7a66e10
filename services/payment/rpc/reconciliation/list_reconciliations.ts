import { type Handler, nextPageToken, pageOf } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reconciliationToProto } from '../../convert_reconciliation.ts'
import { listReconciliationRows, type ReconciliationCursor } from '../../store/reconciliations.ts'
import { PAGE } from '../page.ts'
import { isInstantCursor } from './cursors.ts'

/** Reconciliations, newest first. */
export const listReconciliations =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.listReconciliations> =>
  async (req) => {
    const { limit, after } = pageOf(req, PAGE, isReconciliationCursor)
    const provider = req.provider === '' ? undefined : req.provider
    const rows = await ctx.db.transaction((tx) => listReconciliationRows(tx, { provider, limit, after }))
    return {
      reconciliations: rows.map((row) => reconciliationToProto(row)),
      nextPageToken: nextPageToken(rows, limit, ({ createTime, reconciliationId }): ReconciliationCursor => {
        return { createTime: createTime.toISOString(), reconciliationId }
      }),
    }
  }

function isReconciliationCursor(cursor: unknown): cursor is ReconciliationCursor {
  return isInstantCursor(cursor, 'reconciliationId')
}
