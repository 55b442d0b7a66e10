import type { Ctx } from '../context.ts'
import { queryDelaySeconds, secondsAfter } from '../domain/schedule.ts'
import { callbackUrls, providerOf } from '../providers/index.ts'
import type { Verdict } from '../providers/provider.ts'
import { moveAttempt, noteOnAttempt, receiptsOfOthers } from '../store/attempts.ts'
import type { AttemptRow } from '../store/schema.ts'
import { chargeOf } from './charge.ts'
import { followApproval } from './follow_approval.ts'
import { resendCharge } from './send_charge.ts'
import { fail, settle } from './settle.ts'

/** Does what is due about an attempt without an outcome: sends it again, or asks what became of it. */
export async function followCharge(ctx: Ctx, attempt: AttemptRow): Promise<void> {
  switch (attempt.state) {
    case 'RETRYING':
      return resendCharge(ctx, attempt)
    case 'CREATED': {
      // Whoever was to make the call is gone; whether it was made, nobody here knows.
      const change = { cause: 'no word of its call', updateTime: ctx.clock.now() }
      if (await moveAttempt(ctx.db.system, attempt.attemptId, 'UNKNOWN', change)) await ask(ctx, attempt)
      return
    }
    case 'PENDING':
    case 'UNKNOWN':
      return ask(ctx, attempt)
    case 'FAILED':
      // What may be open is whether a callback that said paid was right.
      return attempt.claimedReceipt === null ? putAside(ctx, attempt) : inquire(ctx, attempt, attempt.claimedReceipt)
    case 'SUCCEEDED':
      return putAside(ctx, attempt)
  }
}

async function ask(ctx: Ctx, attempt: AttemptRow): Promise<void> {
  if (attempt.claimedReceipt !== null) return inquire(ctx, attempt, attempt.claimedReceipt)
  await applyVerdict(ctx, attempt, await askProvider(ctx, attempt, attempt.requestReference))
}

/** What the provider says about an attempt, by the reference that it gave it or else by looking through its list. */
export function askProvider(ctx: Ctx, attempt: AttemptRow, reference: string | null): Promise<Verdict> {
  const provider = providerOf(ctx, attempt)
  return reference === null ? searchFor(ctx, attempt) : provider.query(reference, chargeOf(attempt))
}

/** Looks for an attempt in its provider's own list. */
export function searchFor(ctx: Ctx, attempt: AttemptRow): Promise<Verdict> {
  // All rows: a receipt is one payment's, whoever's that is.
  const othersOf = (receipts: readonly string[]) => receiptsOfOthers(ctx.db.system, attempt, receipts)
  return providerOf(ctx, attempt).search(chargeOf(attempt), othersOf)
}

/** Does as the provider said. */
export async function applyVerdict(ctx: Ctx, attempt: AttemptRow, verdict: Verdict): Promise<void> {
  switch (verdict.outcome) {
    case 'PAID':
      return settle(ctx, attempt, { receipt: verdict.receipt, cause: 'query' })
    case 'FAILED':
      return fail(ctx, attempt, { reason: verdict.reason, code: verdict.code, cause: 'query' })
    case 'AWAITING_PAYER': {
      const captured = await followApproval(ctx, attempt, verdict.approved)
      if (!captured) return
      // Whoever could capture need not be told that it can be: it has said how that ended.
      return captured.outcome === 'AWAITING_PAYER' ? askLater(ctx, attempt) : applyVerdict(ctx, attempt, captured)
    }
    case 'PENDING':
    case 'UNKNOWN':
      return askLater(ctx, attempt)
  }
}

async function askLater(ctx: Ctx, attempt: AttemptRow): Promise<void> {
  const queryCount = attempt.queryCount + 1
  const nextActionTime = secondsAfter(ctx.clock.now(), queryDelaySeconds(queryCount))
  await noteOnAttempt(ctx.db.system, attempt.attemptId, { queryCount, nextActionTime })
}

async function putAside(ctx: Ctx, attempt: AttemptRow): Promise<void> {
  await noteOnAttempt(ctx.db.system, attempt.attemptId, { nextActionTime: null })
}

/**
 * Asks the provider about a receipt that a callback named and its status query contradicts. The answer comes by callback
 * and decides; until then the attempt is neither paid nor failed.
 */
export async function inquire(ctx: Ctx, attempt: AttemptRow, receipt: string): Promise<void> {
  const submission = await providerOf(ctx, attempt).inquire?.({ receipt }, callbackUrls(ctx, attempt))
  if (submission?.outcome === 'ACCEPTED') {
    await noteOnAttempt(ctx.db.system, attempt.attemptId, { inquiryReference: submission.reference })
  }
  await askLater(ctx, attempt)
}
