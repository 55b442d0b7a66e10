import type { Queries, Tx } from '#kit'
import { and, asc, eq, inArray, lt, lte, sql } from 'drizzle-orm'
import type { Verdict } from '../domain/outcome.ts'
import type { Channel } from '../templates/say.ts'
import { delivery, type DeliveryRow, type NewDelivery } from './schema.ts'

/** Messages on their way to a provider. */

/** A claimed message: its recipient and text are there. */
export type ClaimedRow = DeliveryRow & { readonly recipient: string; readonly body: string }

/** Queues messages; those that their event has made before are left as they are. */
export async function enqueue(tx: Tx, rows: readonly NewDelivery[]): Promise<void> {
  await tx
    .insert(delivery)
    .values([...rows])
    .onConflictDoNothing({ target: [delivery.eventId, delivery.recipient, delivery.channel, delivery.template] })
}

/**
 * Takes messages that are due, the urgent ones first. They are SENDING from now on, before anything is sent: whoever dies
 * with them in hand leaves a trace. Two senders never take the same one, and do not wait for each other.
 */
export async function claimDue(db: Queries, channel: Channel, limit: number, now: Date): Promise<ClaimedRow[]> {
  const due = db
    .select({ id: delivery.deliveryId })
    .from(delivery)
    .where(and(eq(delivery.channel, channel), lte(delivery.nextAttemptTime, now)))
    .orderBy(asc(delivery.priority), asc(delivery.nextAttemptTime))
    .limit(limit)
    .for('update', { skipLocked: true })
  const rows = await db
    .update(delivery)
    .set({
      state: 'SENDING',
      claimTime: now,
      nextAttemptTime: null,
      attemptCount: sql`${delivery.attemptCount} + 1`,
      isRepeat: sql`${delivery.isRepeat} or ${delivery.state} = 'UNKNOWN'`,
    })
    .where(inArray(delivery.deliveryId, due))
    .returning()
  return rows.filter((row): row is ClaimedRow => row.recipient !== null && row.body !== null)
}

/** Messages that a sender took before an instant and never spoke of again. */
export async function lostClaims(tx: Tx, claimedBefore: Date): Promise<DeliveryRow[]> {
  return tx
    .select()
    .from(delivery)
    .where(and(eq(delivery.state, 'SENDING'), lt(delivery.claimTime, claimedBefore)))
    .limit(500)
    .for('update', { skipLocked: true })
}

/** What became of one claimed message. */
export type Attempt = { readonly row: DeliveryRow; readonly verdict: Verdict }

/**
 * Stores what became of claimed messages, in one statement, and returns those that were still claimed.
 *
 * A text with a secret is replaced as soon as nothing more is sent.
 */
export async function storeAttempts(tx: Tx, attempts: readonly Attempt[], now: Date): Promise<Attempt[]> {
  const rows = attempts.map(({ row, verdict }) => ({
    delivery_id: row.deliveryId,
    state: verdict.state,
    next_attempt_time: verdict.nextAttemptTime,
    failure_reason: verdict.failureReason,
    provider_message_id: verdict.messageId,
  }))
  const stored = await tx.execute<{ delivery_id: string }>(sql`
    update delivery d set
      state = a.state, next_attempt_time = a.next_attempt_time, failure_reason = a.failure_reason,
      provider_message_id = a.provider_message_id,
      send_time = case a.state when 'SENT' then ${now.toISOString()}::timestamptz end,
      body = case when a.next_attempt_time is null then coalesce(d.redacted_body, d.body) else d.body end,
      html = case when a.next_attempt_time is null and d.redacted_body is not null then null else d.html end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a (
      delivery_id uuid, state text, next_attempt_time timestamptz, failure_reason text, provider_message_id text)
    where d.delivery_id = a.delivery_id and d.state = 'SENDING'
    returning d.delivery_id`)
  const ids = new Set(stored.map((row) => row.delivery_id))
  return attempts.filter(({ row }) => ids.has(row.deliveryId))
}
