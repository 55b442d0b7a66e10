import type { Queries } from '#kit'
import { eq, lt, sql } from 'drizzle-orm'
import type { Attempts } from '../domain/attempts.ts'
import { attempt } from './schema.ts'

const NEVER = new Date(0)

/** What is remembered under a key, and nobody else changes it until the transaction ends. */
export async function lockAttempts(db: Queries, key: Uint8Array): Promise<Attempts | undefined> {
  // A row that is not there cannot be locked.
  await db
    .insert(attempt)
    .values({ attemptKey: key, failures: 0, forgetFromTime: NEVER, nextTime: NEVER })
    .onConflictDoNothing()
  const [row] = await db.select().from(attempt).where(eq(attempt.attemptKey, key)).for('update')
  return row
}

/** Remembers attempts. */
export async function saveAttempts(db: Queries, key: Uint8Array, attempts: Attempts): Promise<void> {
  const { failures, forgetFromTime, nextTime } = attempts
  await db.update(attempt).set({ failures, forgetFromTime, nextTime }).where(eq(attempt.attemptKey, key))
}

/** Forgets every failure under a key. */
export async function clearAttempts(db: Queries, key: Uint8Array): Promise<void> {
  await db.delete(attempt).where(eq(attempt.attemptKey, key))
}

/** Takes one failure back: the attempt that was counted ahead succeeded. */
export async function forgiveOne(db: Queries, key: Uint8Array): Promise<void> {
  await db
    .update(attempt)
    .set({ failures: sql`greatest(${attempt.failures} - 1, 0)`, nextTime: NEVER })
    .where(eq(attempt.attemptKey, key))
}

/** Forgets what happened long ago. */
export async function deleteOldAttempts(db: Queries, before: Date): Promise<void> {
  await db.delete(attempt).where(lt(attempt.forgetFromTime, before))
}
