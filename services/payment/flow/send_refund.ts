import type { Ctx } from '../context.ts'
import { CALL_SECONDS, MAX_SENDS, queryDelaySeconds, secondsAfter, sendDelaySeconds } from '../domain/schedule.ts'
import { callbackUrls, providerOf } from '../providers/index.ts'
import type { Submission } from '../providers/provider.ts'
import { moveRefund, noteOnRefund } from '../store/refunds.ts'
import type { RefundRow } from '../store/schema.ts'
import { returnOf } from './give_back.ts'
import { refuseRefund, settleRefund } from './settle_refund.ts'

/** Asks the provider to give a refund's money back, and writes down what it said. The refund is CREATED. */
export async function sendRefund(ctx: Ctx, refund: RefundRow): Promise<void> {
  const giveBack = await returnOf(ctx, refund)
  const submission: Submission = giveBack
    ? await providerOf(ctx, refund).refund(giveBack, callbackUrls(ctx, refund))
    : { outcome: 'RETRYABLE', code: 'receipt not known yet' }
  await noteSubmission(ctx, refund, submission)
}

async function noteSubmission(ctx: Ctx, refund: RefundRow, submission: Submission): Promise<void> {
  const { refundId } = refund
  const now = ctx.clock.now()
  const askTime = secondsAfter(now, queryDelaySeconds(refund.queryCount))
  const at = { updateTime: now, nextActionTime: askTime }
  switch (submission.outcome) {
    case 'ACCEPTED': {
      const change = { ...at, cause: 'provider accepted', requestReference: submission.reference }
      await moveRefund(ctx.db.system, refundId, 'PENDING', change)
      return
    }
    case 'SETTLED':
      await settleRefund(ctx, refund, { receipt: submission.receipt, cause: 'provider answered' })
      return
    case 'UNKNOWN':
      await moveRefund(ctx.db.system, refundId, 'UNKNOWN', { ...at, cause: `no word: ${submission.code}` })
      return
    case 'FAILED':
      await refuseRefund(ctx, refund, submission.code)
      return
    case 'RETRYABLE':
      await retryRefund(ctx, refund, submission.code)
  }
}

/** Lets a refund that certainly was not made wait for its next send; refuses it when that was tried too often. */
export async function retryRefund(ctx: Ctx, refund: RefundRow, code: string): Promise<void> {
  if (refund.sendCount >= MAX_SENDS.refund) {
    await refuseRefund(ctx, refund, code)
    return
  }
  const now = ctx.clock.now()
  await moveRefund(ctx.db.system, refund.refundId, 'RETRYING', {
    cause: `to be sent again: ${code}`,
    failureCode: code,
    nextActionTime: secondsAfter(now, sendDelaySeconds(refund.sendCount)),
    updateTime: now,
  })
}

/** Sends a waiting refund again. */
export async function resendRefund(ctx: Ctx, refund: RefundRow): Promise<void> {
  const now = ctx.clock.now()
  const openMs = providerOf(ctx, refund).unavailableMs('refund')
  if (openMs !== undefined) {
    // As with charges: nothing is tried, and nothing counted.
    return noteOnRefund(ctx.db.system, refund.refundId, { nextActionTime: secondsAfter(now, openMs / 1000) })
  }
  const sendCount = refund.sendCount + 1
  const taken = await moveRefund(ctx.db.system, refund.refundId, 'CREATED', {
    cause: 'sent again',
    sendCount,
    nextActionTime: secondsAfter(now, CALL_SECONDS),
    updateTime: now,
  })
  if (taken) await sendRefund(ctx, { ...refund, sendCount })
}
