import type { Ctx } from '../context.ts'
import { verdictOn, type Outcome } from '../domain/outcome.ts'
import type { Provider } from '../providers/provider.ts'
import { storeAttempts, type Attempt, type ClaimedRow } from '../store/queue.ts'
import type { DeliveryRow } from '../store/schema.ts'
import { publishFailed } from './failed.ts'

/** Hands claimed messages to their provider, all at once, and decides what follows for each. */
export function attemptAll(ctx: Ctx, provider: Provider, claimed: readonly ClaimedRow[]): Promise<Attempt[]> {
  return Promise.all(
    claimed.map(async (row) => ({
      row,
      verdict: verdictOn(await outcomeOf(ctx, provider, row), row, ctx.clock.now()),
    })),
  )
}

async function outcomeOf(ctx: Ctx, provider: Provider, row: ClaimedRow): Promise<Outcome> {
  if (row.expireTime <= ctx.clock.now()) return { kind: 'refused', reason: 'expired' }
  const { deliveryId, recipient, subject, body, html, pictures } = row
  try {
    return await provider.send({
      deliveryId,
      recipient,
      subject,
      text: body,
      html: html ?? '',
      pictures: pictures ?? [],
    })
  } catch (err) {
    // A fault of ours: whether it struck before or after the message went out cannot be told.
    ctx.log.error({ err, deliveryId, channel: row.channel }, 'a provider client failed in an unforeseen way')
    return { kind: 'unknown', reason: 'fault' }
  }
}

/** A message that nobody knows the fate of: its sender died with it in hand. */
export function lostAttempt(row: DeliveryRow, now: Date): Attempt {
  return { row, verdict: verdictOn({ kind: 'unknown', reason: 'sender-lost' }, row, now) }
}

/** Writes down what became of claimed messages, and tells of those that were given up. */
export async function recordAttempts(ctx: Ctx, attempts: readonly Attempt[]): Promise<void> {
  const now = ctx.clock.now()
  const stored = await ctx.db.transaction(async (tx) => {
    const changed = await storeAttempts(tx, attempts, now)
    const failed = changed.filter(({ verdict }) => verdict.state === 'FAILED')
    await publishFailed(
      tx,
      failed.map(({ row, verdict }) => ({ row, reason: verdict.failureReason })),
      now,
    )
    return changed
  }, 'system') // one batch holds messages of several companies
  for (const { row, verdict } of stored) {
    const { deliveryId, template, channel } = row
    ctx.happened(happenedBy[verdict.state], { deliveryId, template, channel, reason: verdict.failureReason })
  }
}

const happenedBy = {
  SENT: 'message-sent',
  FAILED: 'message-failed',
  QUEUED: 'message-postponed',
  UNKNOWN: 'message-unknown',
} as const
