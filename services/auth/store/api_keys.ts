import type { Queries } from '#kit'
import { and, desc, eq, isNotNull, isNull, lt, or } from 'drizzle-orm'
import { apiKey, type ApiKeyRow } from './schema.ts'

/** Adds a key. Returns false when its id is in use. */
export async function insertApiKey(db: Queries, row: ApiKeyRow): Promise<boolean> {
  const rows = await db
    .insert(apiKey)
    .values(row)
    .onConflictDoNothing({ target: apiKey.apiKeyId })
    .returning({ id: apiKey.apiKeyId })
  return rows.length > 0
}

/** A key by the part of it that is no secret. Returns undefined when there is none. */
export async function findByPrefix(db: Queries, prefix: string): Promise<ApiKeyRow | undefined> {
  const [row] = await db.select().from(apiKey).where(eq(apiKey.prefix, prefix))
  return row
}

/** Keys of a user, newest first. @param page.after the id that the last page ended with */
export async function listApiKeys(
  db: Queries,
  userId: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<ApiKeyRow[]> {
  return db
    .select()
    .from(apiKey)
    .where(and(eq(apiKey.userId, userId), page.after ? lt(apiKey.apiKeyId, page.after) : undefined))
    .orderBy(desc(apiKey.apiKeyId))
    .limit(page.limit)
}

/** A user's key, that nobody else changes until the transaction ends. Returns undefined when it is not theirs. */
export async function lockApiKey(db: Queries, userId: string, apiKeyId: string): Promise<ApiKeyRow | undefined> {
  const [row] = await db
    .select()
    .from(apiKey)
    .where(and(eq(apiKey.apiKeyId, apiKeyId), eq(apiKey.userId, userId)))
    .for('update')
  return row
}

/** Erases what secrets could be made again from. */
export async function eraseRetrySalts(db: Queries, before: Date): Promise<void> {
  await db
    .update(apiKey)
    .set({ retrySalt: null })
    .where(and(isNotNull(apiKey.retrySalt), lt(apiKey.createTime, before)))
}

/** Notes that a key was revoked. */
export async function revokeApiKey(db: Queries, apiKeyId: string, at: Date): Promise<void> {
  await db.update(apiKey).set({ revokeTime: at }).where(eq(apiKey.apiKeyId, apiKeyId))
}

/** Notes that a key was used, unless that was noted since `unlessSince`: not every call need write. */
export async function touchApiKey(db: Queries, apiKeyId: string, at: Date, unlessSince: Date): Promise<void> {
  await db
    .update(apiKey)
    .set({ useTime: at })
    .where(and(eq(apiKey.apiKeyId, apiKeyId), or(isNull(apiKey.useTime), lt(apiKey.useTime, unlessSince))))
}
