import { and, desc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { comingTo, type IntentState } from '../domain/states.ts'
import { at, rowOf } from './rows.ts'
import { type IntentRow, type IntentView, paymentAttempt, paymentIntent } from './schema.ts'

/** Writes a new intent, in one statement of its own. False when its id was used before. */
export async function insertIntent(db: Queries, intent: IntentRow): Promise<boolean> {
  const rows = await db
    .insert(paymentIntent)
    .values(intent)
    .onConflictDoNothing({ target: paymentIntent.paymentIntentId })
    .returning({ paymentIntentId: paymentIntent.paymentIntentId })
  return rows.length > 0
}

/** An intent with its latest attempt; undefined when there is none that this transaction may see. */
export async function findIntent(db: Queries, paymentIntentId: string): Promise<IntentView | undefined> {
  const [row] = await intentsWithAttempt(db).where(eq(paymentIntent.paymentIntentId, paymentIntentId)).limit(1)
  return row
}

/**
 * The newest intent of a reference that still is to be paid; undefined when there is none. References may come again
 * when an order has long ended.
 */
export async function findIntentByReference(db: Queries, orderReference: string): Promise<IntentRow | undefined> {
  const [row] = await db
    .select()
    .from(paymentIntent)
    .where(
      and(
        eq(paymentIntent.orderReference, orderReference),
        // Literals: a prepared statement with parameters there could not use the partial index.
        sql`${paymentIntent.state} in ('REQUIRES_PAYMENT', 'PROCESSING')`,
      ),
    )
    .orderBy(desc(paymentIntent.createTime))
    .limit(1)
  return row
}

/** Where the next page of intents begins. */
export type IntentCursor = { readonly createTime: string; readonly paymentIntentId: string }

/** Visible intents, newest first. */
export async function listIntents(
  tx: Tx,
  page: { limit: number; after: IntentCursor | undefined; state: IntentState | undefined; tenantId: string },
): Promise<IntentView[]> {
  const { after } = page
  const older =
    after &&
    sql`(${paymentIntent.createTime}, ${paymentIntent.paymentIntentId}) < (${after.createTime}::timestamptz, ${after.paymentIntentId}::uuid)`
  return intentsWithAttempt(tx)
    .where(
      and(
        // Row-level security asks the same; named here as well so that the index is used.
        eq(paymentIntent.tenantId, page.tenantId),
        page.state && eq(paymentIntent.state, page.state),
        older,
      ),
    )
    .orderBy(desc(paymentIntent.createTime), desc(paymentIntent.paymentIntentId))
    .limit(page.limit)
}

/** Cancels an intent that is not paid. Returns undefined when it has ended already, or is not there. */
export async function cancelIntent(tx: Tx, paymentIntentId: string, now: Date): Promise<IntentRow | undefined> {
  const [row] = await tx
    .update(paymentIntent)
    .set({ state: 'CANCELLED', cause: 'cancelled by its order', updateTime: now, revision: nextRevision })
    .where(
      and(
        eq(paymentIntent.paymentIntentId, paymentIntentId),
        inArray(paymentIntent.state, comingTo('INTENT', 'CANCELLED')),
      ),
    )
    .returning()
  return row
}

/** Cancels what is still to be paid for an order. Returns the ids of the intents; none when all have ended. */
export async function cancelOrder(tx: Tx, orderId: string, now: Date): Promise<string[]> {
  const rows = await tx
    .update(paymentIntent)
    .set({ state: 'CANCELLED', cause: 'order given up', updateTime: now, revision: nextRevision })
    // The states as literals: a prepared statement with parameters there could not use the partial index.
    .where(and(eq(paymentIntent.orderId, orderId), sql`${paymentIntent.state} in ('REQUIRES_PAYMENT', 'PROCESSING')`))
    .returning({ id: paymentIntent.paymentIntentId })
  return rows.map(({ id }) => id)
}

/**
 * Ends intents that nobody began to pay in time, at most `limit`. One whose attempt is under way is left alone: what
 * became of the attempt decides.
 */
export async function expireDueIntents(tx: Tx, now: Date, limit: number): Promise<IntentRow[]> {
  const due = tx
    .select({ id: paymentIntent.paymentIntentId })
    .from(paymentIntent)
    // The state as a literal: a prepared statement with a parameter there could not use the partial index.
    .where(and(sql`${paymentIntent.state} = 'REQUIRES_PAYMENT'`, lte(paymentIntent.expireTime, now)))
    .limit(limit)
    .for('update', { skipLocked: true })
  return tx
    .update(paymentIntent)
    .set({ state: 'EXPIRED', cause: 'time to pay ran out', updateTime: now, revision: nextRevision })
    .where(inArray(paymentIntent.paymentIntentId, due))
    .returning()
}

/** Promises `amountMinor` of what was captured to a refund. Undefined when there is no such intent. Fails on the check. */
export async function reserveRefund(
  tx: Tx,
  paymentIntentId: string,
  amountMinor: bigint,
  now: Date,
): Promise<IntentRow | undefined> {
  return moveRefunded(tx, paymentIntentId, amountMinor, now)
}

/** Takes back what {@link reserveRefund} promised, because the refund failed. */
export async function releaseRefund(tx: Tx, paymentIntentId: string, amountMinor: bigint, now: Date): Promise<void> {
  await moveRefunded(tx, paymentIntentId, -amountMinor, now)
}

async function moveRefunded(tx: Tx, id: string, byMinor: bigint, now: Date): Promise<IntentRow | undefined> {
  const [raw] = await tx.execute(sql`
    update payment_intent
    set refunded_minor = refunded_minor + ${byMinor.toString()}::bigint, revision = revision + 1, update_time = ${at(now)}
    where payment_intent_id = ${id} returning *`)
  return raw && rowOf(paymentIntent, raw)
}

const nextRevision = sql`${paymentIntent.revision} + 1`

function intentsWithAttempt(db: Queries) {
  return db
    .select({ intent: paymentIntent, attempt: paymentAttempt })
    .from(paymentIntent)
    .leftJoin(paymentAttempt, eq(paymentAttempt.attemptId, paymentIntent.attemptId))
}
