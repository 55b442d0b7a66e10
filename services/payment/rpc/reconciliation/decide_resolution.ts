import { type Handler, sessionOf } from '#kit'
import type { ReconciliationService } from '#gen/tms/payment/v1/reconciliation_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { breakToProto } from '../../convert_reconciliation.ts'
import { refuse } from '../../errors.ts'
import { approve } from '../../flow/resolve_break.ts'
import { lockBreak, moveBreak } from '../../store/breaks.ts'
import type { BreakRow } from '../../store/reconciliation_schema.ts'
import { requireOpen } from './assign_break.ts'
import { existingBreak } from './get_break.ts'

/** The second person's word on a proposed resolution. */
export const decideResolution =
  (ctx: Ctx): Handler<typeof ReconciliationService.method.decideResolution> =>
  async (req, call) => {
    const { userId } = sessionOf(call)
    return ctx.db.once(call, req, async (tx) => {
      const row = await existingBreak(lockBreak(tx, req.breakId))
      requireProposed(row, userId)
      if (req.approve) return { break: breakToProto(await approve(ctx, tx, row, userId, req.note)) }
      const cause = req.note === '' ? 'rejected' : `rejected: ${req.note}`
      const ownerUserId = row.ownerUserId ?? row.resolver
      const change = { cause, actor: userId, ownerUserId, resolution: null, updateTime: ctx.clock.now() }
      return { break: breakToProto(await existingBreak(moveBreak(tx, row.breakId, 'ASSIGNED', change))) }
    })
  }

function requireProposed(row: BreakRow, userId: string): void {
  const metadata = { break_id: row.breakId, state: row.state }
  requireOpen(row, 'RESOLVED')
  if (row.state !== 'PROPOSED') throw refuse('RESOLUTION_NOT_PROPOSED', 'nothing awaits a second person', metadata)
  if (row.resolver === userId) {
    throw refuse('SAME_PERSON', 'who proposed it cannot decide on it', metadata)
  }
}
