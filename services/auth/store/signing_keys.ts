import type { Queries } from '#kit'
import { and, asc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Handover } from '../domain/signing_schedule.ts'
import { signingKey, type SigningKeyRow } from './schema.ts'

/** A key as the rules of the rotation see it. */
export type StoredKey = Omit<SigningKeyRow, 'signUntilTime' | 'verifyUntilTime'> & {
  readonly signUntilTime: Date | undefined
  readonly verifyUntilTime: Date | undefined
}

/** Lets one transaction at a time decide which keys there are. */
export async function lockKeys(db: Queries): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended('signing_key', 0))`)
}

/** Every key that is remembered, oldest first. */
export async function listKeys(db: Queries): Promise<StoredKey[]> {
  const rows = await db.select().from(signingKey).orderBy(asc(signingKey.signFromTime))
  return rows.map((row) => ({
    ...row,
    signUntilTime: row.signUntilTime ?? undefined,
    verifyUntilTime: row.verifyUntilTime ?? undefined,
  }))
}

/** Adds the newest key. */
export async function insertKey(
  db: Queries,
  key: Pick<SigningKeyRow, 'keyId' | 'publicX' | 'createTime' | 'signFromTime'> & { readonly sealedPrivate: Buffer },
): Promise<void> {
  await db.insert(signingKey).values(key)
}

/** Plans the end of a key. */
export async function retireKey(db: Queries, keyId: string, handover: Handover): Promise<void> {
  await db
    .update(signingKey)
    .set({ signUntilTime: handover.signFromTime, verifyUntilTime: handover.verifyUntilTime })
    .where(eq(signingKey.keyId, keyId))
}

/** Seals a private key anew. */
export async function resealKey(db: Queries, keyId: string, sealedPrivate: Buffer): Promise<void> {
  await db
    .update(signingKey)
    .set({ sealedPrivate })
    .where(and(eq(signingKey.keyId, keyId), isNotNull(signingKey.sealedPrivate)))
}

/** Erases private keys that sign no more. */
export async function eraseRetired(db: Queries, at: Date): Promise<void> {
  await db
    .update(signingKey)
    .set({ sealedPrivate: null })
    .where(and(isNotNull(signingKey.sealedPrivate), lt(signingKey.signUntilTime, at)))
}

/** Whether a key with its private part has no successor yet: there is one, save on the very first start. */
export async function hasNewestKey(db: Queries): Promise<boolean> {
  const rows = await db.select({ id: signingKey.keyId }).from(signingKey).where(isNull(signingKey.signUntilTime))
  return rows.length > 0
}
