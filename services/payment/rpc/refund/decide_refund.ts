import { type Handler, isConstraint, sessionOf, type Tx } from '#kit'
import type { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refundToProto } from '../../convert.ts'
import { CALL_SECONDS, secondsAfter } from '../../domain/schedule.ts'
import { refuse } from '../../errors.ts'
import { releaseToProvider } from '../../flow/promise_refund.ts'
import { takeBackPromise } from '../../flow/settle_refund.ts'
import { moveRefund } from '../../store/refunds.ts'
import type { RefundRow } from '../../store/schema.ts'
import { refundIn } from './common.ts'

/** Approves a refund or refuses it: a second person's part. */
export const decideRefund =
  (ctx: Ctx): Handler<typeof RefundService.method.decideRefund> =>
  async (req, call) => {
    const { userId } = sessionOf(call)
    const metadata = { refund_id: req.refundId }
    try {
      return await ctx.db.once(call, req, async (tx) => {
        const refund = await refundIn(tx, req.refundId)
        // Some other states lead to CREATED too: only what awaits approval is decided about.
        const decided = refund.state === 'AWAITING_APPROVAL' && (await decide(ctx, tx, refund, req.approve, userId))
        if (!decided) throw refuse('ALREADY_DECIDED', 'this refund was decided about before', metadata)
        return { refund: refundToProto(decided) }
      })
    } catch (err) {
      if (!isConstraint(err, 'payment_refund_two_people')) throw err
      throw refuse('SAME_PERSON', 'whoever asked for a refund cannot decide about it', metadata)
    }
  }

/** The refund as it is then; undefined when somebody else was first. */
async function decide(ctx: Ctx, tx: Tx, refund: RefundRow, approve: boolean, checkerUserId: string) {
  const now = ctx.clock.now()
  const state = approve ? 'CREATED' : 'REJECTED'
  const change = {
    cause: approve ? 'approved' : 'rejected',
    checkerUserId,
    nextActionTime: approve ? secondsAfter(now, CALL_SECONDS) : null,
    settleTime: approve ? null : now,
    updateTime: now,
  }
  if (!(await moveRefund(tx, refund.refundId, state, change, ['AWAITING_APPROVAL']))) return undefined
  const decided: RefundRow = { ...refund, ...change, state }
  if (approve) return releaseToProvider(ctx, tx, decided)
  await takeBackPromise(ctx, tx, decided)
  return decided
}
