import type { Ctx } from '../../context.ts'
import { CALL_SECONDS, MAX_SENDS, queryDelaySeconds, secondsAfter, sendDelaySeconds } from '../../domain/schedule.ts'
import { callbackUrls, providerOf } from '../../providers/index.ts'
import type { Submission } from '../../providers/provider.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'
import { movePayout, noteOnPayout } from '../../store/payouts.ts'
import { orderOf, railOfPayout } from './rail.ts'
import { refusePayout, settlePayout } from './settle.ts'

/**
 * Sends a payout that is approved, or certainly was not taken before. Written down first: whoever dies in between leaves
 * a payout of which it is known that it may have been sent. Of several who try, one sends.
 */
export async function dispatchPayout(ctx: Ctx, payout: PayoutRow): Promise<void> {
  const now = ctx.clock.now()
  const openMs = providerOf(ctx, payout).unavailableMs('payout')
  if (openMs !== undefined) {
    // Nothing is tried while the circuit breaker is open, and so nothing is counted.
    return noteOnPayout(ctx.db.system, payout.payoutId, { nextActionTime: secondsAfter(now, openMs / 1000) })
  }
  // All rows, here and below: the payout is ours, and no session is at work.
  const sending = await movePayout(ctx.db.system, payout.payoutId, 'SENDING', {
    cause: payout.sendCount === 0 ? 'sent' : 'sent again',
    sendCount: payout.sendCount + 1,
    nextActionTime: secondsAfter(now, CALL_SECONDS),
    updateTime: now,
  })
  if (!sending) return
  const submission = await railOfPayout(ctx, sending).send(orderOf(sending), callbackUrls(ctx, sending))
  await noteSubmission(ctx, sending, submission)
}

async function noteSubmission(ctx: Ctx, payout: PayoutRow, submission: Submission): Promise<void> {
  switch (submission.outcome) {
    case 'ACCEPTED':
      return waitFor(ctx, payout, 'PENDING', 'provider accepted', submission.reference)
    case 'SETTLED':
      return settlePayout(ctx, payout, { receipt: submission.receipt, cause: 'provider answered' })
    case 'UNKNOWN':
      return waitFor(ctx, payout, 'UNKNOWN', `no word: ${submission.code}`)
    case 'FAILED':
      // What it says about a repeat says nothing about the first: what may have been taken is asked about.
      return payout.maybeTaken
        ? waitFor(ctx, payout, 'UNKNOWN', `repeat refused: ${submission.code}`)
        : refusePayout(ctx, payout, submission.code)
    case 'RETRYABLE':
      return retryPayout(ctx, payout, submission.code)
  }
}

async function waitFor(
  ctx: Ctx,
  payout: PayoutRow,
  state: 'PENDING' | 'UNKNOWN',
  cause: string,
  requestReference?: string,
): Promise<void> {
  const now = ctx.clock.now()
  await movePayout(ctx.db.system, payout.payoutId, state, {
    cause,
    maybeTaken: true,
    nextActionTime: secondsAfter(now, queryDelaySeconds(payout.queryCount)),
    updateTime: now,
    ...(requestReference !== undefined && { requestReference }),
  })
}

/**
 * Lets a payout wait for its next send. It is given up after many only while it is certain that none was taken.
 *
 * @param callbackId the callback that said so, when one did
 */
export async function retryPayout(ctx: Ctx, payout: PayoutRow, code: string, callbackId?: string): Promise<void> {
  if (payout.sendCount >= MAX_SENDS.payout && !payout.maybeTaken) {
    return refusePayout(ctx, payout, code, callbackId)
  }
  const now = ctx.clock.now()
  await movePayout(ctx.db.system, payout.payoutId, 'RETRYING', {
    cause: `to be sent again: ${code}`,
    failureCode: code,
    nextActionTime: secondsAfter(now, sendDelaySeconds(payout.sendCount)),
    updateTime: now,
  })
}
