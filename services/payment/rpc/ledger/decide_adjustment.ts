import { type Handler, isConstraint, sessionOf, type Tx } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { adjustmentToProto } from '../../convert_ledger.ts'
import { refuse } from '../../errors.ts'
import { postAdjustment } from '../../flow/adjust.ts'
import { decide, lockAdjustment } from '../../store/adjustments.ts'
import type { AdjustmentRow } from '../../store/ledger_schema.ts'
import { adjustmentRefusal } from './adjustment_refusal.ts'

/** Approves or rejects what somebody else has proposed. */
export const decideAdjustment =
  (ctx: Ctx): Handler<typeof LedgerService.method.decideAdjustment> =>
  async (req, call) => {
    const { adjustmentId, approve } = req
    const { userId: checkerUserId } = sessionOf(call)
    const state = approve ? 'POSTED' : 'REJECTED'
    const decision = { state, checkerUserId, decideTime: ctx.clock.now() } as const
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const known = await lockAdjustment(tx, adjustmentId)
        if (!known) throw refuse('ADJUSTMENT_UNKNOWN', 'there is no such adjustment', { adjustment_id: adjustmentId })
        const row =
          known.state === 'PROPOSED' ? await decideNow(ctx, tx, adjustmentId, decision) : sameOrRefused(known, state)
        return { adjustment: adjustmentToProto(row) }
      })
    } catch (err) {
      if (isConstraint(err, 'ledger_adjustment_two_people')) {
        throw refuse('CHECKER_IS_MAKER', 'a second person has to decide about this', { adjustment_id: adjustmentId })
      }
      throw adjustmentRefusal(err)
    }
  }

async function decideNow(
  ctx: Ctx,
  tx: Tx,
  adjustmentId: string,
  decision: Parameters<typeof decide>[2],
): Promise<AdjustmentRow> {
  const row = await decide(tx, adjustmentId, decision)
  if (!row) throw new Error(`adjustment ${adjustmentId} was decided while it was locked`)
  if (row.state === 'POSTED') await postAdjustment(ctx, tx, row)
  return row
}

function sameOrRefused(known: AdjustmentRow, state: AdjustmentRow['state']): AdjustmentRow {
  if (known.state === state && known.needsChecker) return known
  throw refuse('ADJUSTMENT_DECIDED', `it is ${known.state} already`, { state: known.state })
}
