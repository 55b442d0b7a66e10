import type { Ctx } from '../context.ts'
import { CALL_SECONDS, MAX_SENDS, queryDelaySeconds, secondsAfter, sendDelaySeconds } from '../domain/schedule.ts'
import { callbackUrls, providerOf } from '../providers/index.ts'
import { moveAttempt, noteOnAttempt } from '../store/attempts.ts'
import { findIntent } from '../store/intents.ts'
import type { AttemptRow } from '../store/schema.ts'
import { announceIntent } from './changes.ts'
import { chargeOf } from './charge.ts'
import { fail, settle } from './settle.ts'

/**
 * Asks the provider to charge an attempt that is CREATED, and writes down what it said.
 *
 * Whether it was taken decides what comes next: a request that certainly was not may be sent again, one that may have
 * been is only ever asked about.
 */
export async function sendCharge(ctx: Ctx, attempt: AttemptRow): Promise<void> {
  const submission = await providerOf(ctx, attempt).charge(chargeOf(attempt), callbackUrls(ctx, attempt))
  const now = ctx.clock.now()
  const at = { updateTime: now, nextActionTime: secondsAfter(now, queryDelaySeconds(0)) }
  switch (submission.outcome) {
    case 'ACCEPTED': {
      // All rows, here and below: the attempt is ours, and no session is at work.
      const { reference, approveUrl } = submission
      const change = { ...at, cause: 'provider accepted', requestReference: reference }
      const approve = approveUrl === undefined ? {} : { approveUrl }
      await moveAttempt(ctx.db.system, attempt.attemptId, 'PENDING', { ...change, ...approve })
      // A prompt is on the payer's phone already; a page must be told of.
      if (approveUrl !== undefined) await announceIntent(ctx, attempt.paymentIntentId)
      return
    }
    case 'SETTLED': {
      const { receipt, reference } = submission
      await settle(ctx, attempt, { receipt, requestReference: reference, cause: 'provider answered' })
      return
    }
    case 'UNKNOWN':
      await moveAttempt(ctx.db.system, attempt.attemptId, 'UNKNOWN', { ...at, cause: `no word: ${submission.code}` })
      await announceIntent(ctx, attempt.paymentIntentId)
      return
    case 'FAILED': {
      const { reason, code } = submission
      await fail(ctx, attempt, { reason, code, cause: 'provider refused' })
      return
    }
    case 'RETRYABLE':
      await retryCharge(ctx, attempt, submission.code)
  }
}

async function retryCharge(ctx: Ctx, attempt: AttemptRow, code: string): Promise<void> {
  if (attempt.sendCount >= MAX_SENDS.attempt) {
    await fail(ctx, attempt, { reason: 'PROVIDER_UNAVAILABLE', code, cause: 'sent too often' })
    return
  }
  const now = ctx.clock.now()
  await moveAttempt(ctx.db.system, attempt.attemptId, 'RETRYING', {
    cause: `to be sent again: ${code}`,
    failureCode: code,
    nextActionTime: secondsAfter(now, sendDelaySeconds(attempt.sendCount)),
    updateTime: now,
  })
  await announceIntent(ctx, attempt.paymentIntentId)
}

/** Sends a waiting attempt again, unless nobody wants it any more. */
export async function resendCharge(ctx: Ctx, attempt: AttemptRow): Promise<void> {
  const now = ctx.clock.now()
  const view = await findIntent(ctx.db.system, attempt.paymentIntentId)
  if (view?.intent.state !== 'PROCESSING' || view.intent.expireTime <= now) {
    const cause = 'not sent again: the order is no longer wanted'
    await fail(ctx, attempt, { reason: 'PROVIDER_UNAVAILABLE', code: attempt.failureCode ?? '', cause })
    return
  }
  const openMs = providerOf(ctx, attempt).unavailableMs('charge')
  if (openMs !== undefined) {
    // Nothing is tried while the circuit breaker is open, and so nothing is counted.
    return noteOnAttempt(ctx.db.system, attempt.attemptId, { nextActionTime: secondsAfter(now, openMs / 1000) })
  }
  const sendCount = attempt.sendCount + 1
  const taken = await moveAttempt(ctx.db.system, attempt.attemptId, 'CREATED', {
    cause: 'sent again',
    sendCount,
    nextActionTime: secondsAfter(now, CALL_SECONDS),
    updateTime: now,
  })
  if (taken) await sendCharge(ctx, { ...attempt, sendCount })
}
