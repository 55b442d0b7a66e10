import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, nextPageToken, pageOf } from '#kit'
import { Break_State, Finding } from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { breakToProto, nameOf } from '../../convert_reconciliation.ts'
import { openBreakStates } from '../../domain/breaks.ts'
import { type BreakCursor, listBreakRows } from '../../store/breaks.ts'
import { PAGE } from '../page.ts'
import { isInstantCursor } from './cursors.ts'

/** Breaks, oldest first. */
export const listBreaks =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.listBreaks> =>
  async (req) => {
    const { limit, after } = pageOf(req, PAGE, isBreakCursor)
    const states = req.states.flatMap((state) => nameOf(Break_State, state) ?? [])
    const filter = {
      states: states.length === 0 ? openBreakStates : states,
      kind: nameOf(Finding, req.kind),
      ownerUserId: req.ownerUserId === '' ? undefined : req.ownerUserId,
      beforeTime: req.beforeTime && timestampDate(req.beforeTime),
      reconciliationId: req.reconciliationId === '' ? undefined : req.reconciliationId,
      limit,
      after,
    }
    const rows = await ctx.db.transaction((tx) => listBreakRows(tx, filter))
    return {
      breaks: rows.map(breakToProto),
      nextPageToken: nextPageToken(rows, limit, ({ createTime, breakId }): BreakCursor => {
        return { createTime: createTime.toISOString(), breakId }
      }),
    }
  }

function isBreakCursor(cursor: unknown): cursor is BreakCursor {
  return isInstantCursor(cursor, 'breakId')
}
