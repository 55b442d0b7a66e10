import type { Ctx } from '../context.ts'
import { liveAttemptStates } from '../domain/states.ts'
import { providerOf } from '../providers/index.ts'
import type { Verdict } from '../providers/provider.ts'
import { findIntent } from '../store/intents.ts'
import type { AttemptRow } from '../store/schema.ts'
import { chargeOf } from './charge.ts'
import { fail } from './settle.ts'

/**
 * What becomes of a charge whose money moves only when we take it: it is taken once the payer has approved, and given
 * up once nobody wants the order any more, which needs no refund.
 *
 * Safe to repeat and to run twice at once: the provider takes the money of one attempt once. Should another hand take
 * it while this one gives it up, the attempt becomes SUCCEEDED all the same, late.
 *
 * @returns what the provider said to the capture; undefined when there was none and nothing is left to be done now
 */
export async function followApproval(ctx: Ctx, attempt: AttemptRow, approved: boolean): Promise<Verdict | undefined> {
  const provider = providerOf(ctx, attempt)
  if (!isLive(attempt)) return undefined
  if (!(await isWanted(ctx, attempt))) {
    const cause = 'the order is no longer wanted: not captured'
    await fail(ctx, attempt, { reason: 'TIMED_OUT', code: 'not captured', cause })
    return undefined
  }
  if (!approved || attempt.requestReference === null || !provider.capture) return { outcome: 'PENDING' }
  return provider.capture(attempt.requestReference, chargeOf(attempt))
}

/** Whether what became of an attempt is still open. */
export function isLive({ state }: AttemptRow): boolean {
  return (liveAttemptStates as readonly string[]).includes(state)
}

async function isWanted(ctx: Ctx, attempt: AttemptRow): Promise<boolean> {
  // All rows: the attempt is ours, and no session is at work.
  const intent = (await findIntent(ctx.db.system, attempt.paymentIntentId))?.intent
  return intent?.state === 'PROCESSING' && intent.attemptId === attempt.attemptId && intent.expireTime > ctx.clock.now()
}
