import { money } from '#kit'
import type { Ctx } from '../context.ts'
import { CALL_SECONDS, MAX_SENDS, queryDelaySeconds, secondsAfter, sendDelaySeconds } from '../domain/schedule.ts'
import { callbackUrls, providerOf } from '../providers/index.ts'
import type { Submission } from '../providers/provider.ts'
import { findAttempt, learnReceipt } from '../store/attempts.ts'
import { moveRefund } from '../store/refunds.ts'
import type { RefundRow } from '../store/schema.ts'
import { chargeOf } from './charge.ts'
import { refuseRefund } from './settle_refund.ts'

/** Asks the provider to give a refund's money back, and writes down what it said. The refund is CREATED. */
export async function sendRefund(ctx: Ctx, refund: RefundRow): Promise<void> {
  const receipt = refund.paidReceipt ?? (await findReceipt(ctx, refund))
  const submission: Submission =
    receipt === undefined
      ? { outcome: 'RETRYABLE', code: 'receipt not known yet' }
      : await providerOf(ctx, refund).refund(
          {
            refundId: refund.refundId,
            amount: money(refund.currency, refund.amountMinor),
            phone: refund.phone,
            paidReceipt: receipt,
            reason: refund.reason,
            earlierRefunds: refund.earlierRefunds,
            repeated: refund.sendCount > 1,
          },
          callbackUrls(ctx, refund),
        )
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
  const sendCount = refund.sendCount + 1
  const taken = await moveRefund(ctx.db.system, refund.refundId, 'CREATED', {
    cause: 'sent again',
    sendCount,
    nextActionTime: secondsAfter(now, CALL_SECONDS),
    updateTime: now,
  })
  if (taken) await sendRefund(ctx, { ...refund, sendCount })
}

/** The receipt of a payment that a query settled: a query does not tell it, the provider's list and callbacks do. */
async function findReceipt(ctx: Ctx, refund: RefundRow): Promise<string | undefined> {
  const attempt = await findAttempt(ctx.db.system, refund.attemptId)
  if (!attempt) return undefined
  if (attempt.receipt !== null) return attempt.receipt
  const verdict = await providerOf(ctx, attempt).search(chargeOf(attempt))
  if (verdict.outcome !== 'PAID' || verdict.receipt === undefined) return undefined
  await learnReceipt(ctx.db.system, attempt.attemptId, verdict.receipt)
  return verdict.receipt
}
