import type { Queries } from '#kit'
import { and, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { type CodeRow, oneTimeCode, type Purpose } from './schema.ts'

/** Lets one request at a time decide whether a contact gets another code, until the transaction ends. */
export async function lockContact(db: Queries, contact: string): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${contact}, 0))`)
}

/** A code by its id. Returns undefined when there is none. */
export async function findCode(db: Queries, codeId: string): Promise<CodeRow | undefined> {
  const [row] = await db.select().from(oneTimeCode).where(eq(oneTimeCode.codeId, codeId))
  return row
}

/** When codes were made for a contact since a time, newest first. */
export async function sentTimes(db: Queries, contact: string, since: Date): Promise<Date[]> {
  const rows = await db
    .select({ createTime: oneTimeCode.createTime })
    .from(oneTimeCode)
    .where(and(eq(oneTimeCode.contact, contact), gt(oneTimeCode.createTime, since)))
    .orderBy(desc(oneTimeCode.createTime))
  return rows.map(({ createTime }) => createTime)
}

/** Adds a code. Returns false when its id is in use. */
export async function insertCode(db: Queries, row: CodeRow): Promise<boolean> {
  const rows = await db.insert(oneTimeCode).values(row).onConflictDoNothing().returning({ id: oneTimeCode.codeId })
  return rows.length > 0
}

/** The newest code of a contact and purpose, dead or alive. Returns undefined when there never was one. */
export async function newestCode(db: Queries, contact: string, purpose: Purpose): Promise<CodeRow | undefined> {
  const [row] = await db
    .select()
    .from(oneTimeCode)
    .where(and(eq(oneTimeCode.contact, contact), eq(oneTimeCode.purpose, purpose)))
    .orderBy(desc(oneTimeCode.createTime))
    .limit(1)
  return row
}

/**
 * Counts one guess at a code, before it is compared: guesses in parallel cannot be more than the limit.
 *
 * Returns undefined when the code is dead.
 */
export async function countGuess(
  db: Queries,
  codeId: string,
  maxAttempts: number,
  at: Date,
): Promise<CodeRow | undefined> {
  const [row] = await db
    .update(oneTimeCode)
    .set({ attempts: sql`${oneTimeCode.attempts} + 1` })
    .where(
      and(
        eq(oneTimeCode.codeId, codeId),
        isNull(oneTimeCode.useTime),
        gt(oneTimeCode.expireTime, at),
        lt(oneTimeCode.attempts, maxAttempts),
      ),
    )
    .returning()
  return row
}

/** Uses a code up. Returns false when another call was faster. */
export async function useCode(db: Queries, codeId: string, at: Date): Promise<boolean> {
  const rows = await db
    .update(oneTimeCode)
    .set({ useTime: at })
    .where(and(eq(oneTimeCode.codeId, codeId), isNull(oneTimeCode.useTime)))
    .returning({ id: oneTimeCode.codeId })
  return rows.length > 0
}

/** Forgets codes that are too old to count for any limit. */
export async function deleteOldCodes(db: Queries, before: Date): Promise<void> {
  await db.delete(oneTimeCode).where(lt(oneTimeCode.createTime, before))
}
