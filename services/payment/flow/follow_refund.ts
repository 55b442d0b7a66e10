import type { Ctx } from '../context.ts'
import { queryDelaySeconds, secondsAfter } from '../domain/schedule.ts'
import { callbackUrls, providerOf } from '../providers/index.ts'
import { moveRefund, noteOnRefund } from '../store/refunds.ts'
import type { RefundRow } from '../store/schema.ts'
import { returnOf } from './give_back.ts'
import { resendRefund, retryRefund } from './send_refund.ts'
import { refuseRefund, settleRefund } from './settle_refund.ts'

/** Does what is due about a refund without an outcome: sends it again, or asks what became of it. */
export async function followRefund(ctx: Ctx, refund: RefundRow): Promise<void> {
  switch (refund.state) {
    case 'RETRYING':
      return resendRefund(ctx, refund)
    case 'CREATED':
      return orphaned(ctx, refund)
    case 'PENDING':
    case 'UNKNOWN':
      if (providerOf(ctx, refund).queryRefund) return void (await applyWord(ctx, refund, 'query'))
      // Without the provider's reference there is nothing to ask by; sending again is safe and tells as much.
      return refund.requestReference === null
        ? retryRefund(ctx, refund, 'no word')
        : inquire(ctx, refund, refund.requestReference)
    case 'AWAITING_APPROVAL':
    case 'SUCCEEDED':
    case 'FAILED':
    case 'REJECTED':
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

/**
 * Asks a provider that tells at once what became of a refund, and does as it says.
 *
 * @param cause who made us ask, for the history
 * @returns false when it has not said yet
 */
export async function applyWord(ctx: Ctx, refund: RefundRow, cause: string, callbackId?: string): Promise<boolean> {
  const giveBack = await returnOf(ctx, refund)
  const verdict = giveBack && (await providerOf(ctx, refund).queryRefund?.(giveBack))
  const told = callbackId === undefined ? {} : { callbackId }
  switch (verdict?.outcome) {
    case 'PAID':
      await settleRefund(ctx, refund, { receipt: verdict.receipt, cause, ...told })
      return true
    case 'FAILED':
      if (verdict.reason === 'NOT_RECEIVED') await retryRefund(ctx, refund, verdict.code)
      else await refuseRefund(ctx, refund, verdict.code, callbackId)
      return verdict.reason !== 'NOT_RECEIVED'
    default:
      await askLater(ctx, refund)
      return false
  }
}

async function inquire(ctx: Ctx, refund: RefundRow, reference: string): Promise<void> {
  const submission = await providerOf(ctx, refund).inquire?.({ reference }, callbackUrls(ctx, refund))
  await askLater(ctx, refund, submission?.outcome === 'ACCEPTED' ? { inquiryReference: submission.reference } : {})
}

async function askLater(ctx: Ctx, refund: RefundRow, note: { readonly inquiryReference?: string } = {}): Promise<void> {
  const queryCount = refund.queryCount + 1
  const nextActionTime = secondsAfter(ctx.clock.now(), queryDelaySeconds(queryCount))
  await noteOnRefund(ctx.db.system, refund.refundId, { queryCount, nextActionTime, ...note })
}
