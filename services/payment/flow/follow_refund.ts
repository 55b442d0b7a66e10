import type { Ctx } from '../context.ts'
import { queryDelaySeconds, secondsAfter } from '../domain/schedule.ts'
import { callbackUrls, providerOf } from '../providers/index.ts'
import { moveRefund, noteOnRefund } from '../store/refunds.ts'
import type { RefundRow } from '../store/schema.ts'
import { resendRefund, retryRefund } from './send_refund.ts'

/** Does what is due about a refund without an outcome: sends it again, or asks what became of it. */
export async function followRefund(ctx: Ctx, refund: RefundRow): Promise<void> {
  switch (refund.state) {
    case 'RETRYING':
      return resendRefund(ctx, refund)
    case 'CREATED':
      return orphaned(ctx, refund)
    case 'PENDING':
    case 'UNKNOWN':
      // Without the provider's reference there is nothing to ask by; sending again is safe and tells as much.
      return refund.requestReference === null
        ? retryRefund(ctx, refund, 'no word')
        : inquire(ctx, refund, refund.requestReference)
    case 'SUCCEEDED':
    case 'FAILED':
      return noteOnRefund(ctx.db.system, refund.refundId, { nextActionTime: null })
  }
}

async function orphaned(ctx: Ctx, refund: RefundRow): Promise<void> {
  const now = ctx.clock.now()
  await moveRefund(ctx.db.system, refund.refundId, 'UNKNOWN', {
    cause: 'no word of its call',
    nextActionTime: secondsAfter(now, queryDelaySeconds(0)),
    updateTime: now,
  })
}

async function inquire(ctx: Ctx, refund: RefundRow, reference: string): Promise<void> {
  const submission = await providerOf(ctx, refund).inquire({ reference }, callbackUrls(ctx, refund))
  const queryCount = refund.queryCount + 1
  await noteOnRefund(ctx.db.system, refund.refundId, {
    queryCount,
    nextActionTime: secondsAfter(ctx.clock.now(), queryDelaySeconds(queryCount)),
    ...(submission.outcome === 'ACCEPTED' && { inquiryReference: submission.reference }),
  })
}
