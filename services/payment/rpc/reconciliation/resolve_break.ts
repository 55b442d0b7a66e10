import { type Handler, sessionOf } from '#kit'
import { Resolution } from '#gen/tms/payment/v1/reconciliation_pb.ts'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { breakToProto, nameOf } from '../../convert_reconciliation.ts'
import { explain } from '../../flow/resolve_break.ts'
import { lockBreak } from '../../store/breaks.ts'
import { closed, requireOpen } from './assign_break.ts'
import { existingBreak } from './get_break.ts'

/** Explains a break and books what follows from it, or proposes to. */
export const resolveBreak =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.resolveBreak> =>
  async (req, call) => {
    const resolution = nameOf(Resolution, req.resolution)
    if (!resolution) throw new Error('a resolution is required by the contract')
    const explanation = {
      resolution,
      reason: req.reason,
      subjectId: req.subjectId === '' ? null : req.subjectId,
      resolver: sessionOf(call).userId,
    }
    return ctx.db.once(call, req, async (tx) => {
      const row = await existingBreak(lockBreak(tx, req.breakId))
      if (row.state === 'PROPOSED') throw closed(row)
      requireOpen(row, 'RESOLVED')
      return { break: breakToProto(await explain(ctx, tx, row, explanation)) }
    })
  }
