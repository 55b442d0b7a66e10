import type { Queries, Tx } from '#kit'
import { and, desc, eq, lt, ne, notExists, or, sql } from 'drizzle-orm'
import { signedTicket, signingKey, type Algorithm, type SigningKeyRow } from './schema.ts'

/** A key that can sign or verify. */
export type UsableKeyRow = SigningKeyRow & { sealedSecret: Buffer }

/** Every key that is not retired. */
export async function usableKeys(db: Queries): Promise<UsableKeyRow[]> {
  const rows = await db.select().from(signingKey).where(ne(signingKey.state, 'RETIRED'))
  return rows.filter((row): row is UsableKeyRow => row.sealedSecret !== null)
}

/** One page of the keys with a public half that are not retired, newest first. */
export async function publicKeysPage(
  db: Queries,
  limit: number,
  after: { readonly createTime: string; readonly keyId: string } | undefined,
): Promise<SigningKeyRow[]> {
  const rest = after && sql`(${signingKey.createTime}, ${signingKey.keyId}) < (${after.createTime}, ${after.keyId})`
  return db
    .select()
    .from(signingKey)
    .where(and(eq(signingKey.algorithm, 'ED25519'), ne(signingKey.state, 'RETIRED'), rest))
    .orderBy(desc(signingKey.createTime), desc(signingKey.keyId))
    .limit(limit)
}

/** Makes other rotations wait until this transaction ends; reading goes on. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.execute(sql`lock table signing_key in share row exclusive mode`)
}

/** The key that signs; undefined before the first. */
export async function signingKeyOf(tx: Tx, algorithm: Algorithm): Promise<SigningKeyRow | undefined> {
  const rows = await tx
    .select()
    .from(signingKey)
    .where(and(eq(signingKey.algorithm, algorithm), eq(signingKey.state, 'SIGNING')))
  return rows[0]
}

/** From now on the key only verifies. */
export async function stopSigning(tx: Tx, keyId: string, at: Date): Promise<void> {
  await tx.update(signingKey).set({ state: 'VERIFYING', rotateTime: at }).where(eq(signingKey.keyId, keyId))
}

export async function addSigningKey(
  tx: Tx,
  key: Pick<SigningKeyRow, 'keyId' | 'algorithm' | 'publicKey' | 'createTime'> & { readonly sealedSecret: Buffer },
): Promise<void> {
  await tx.insert(signingKey).values({ ...key, state: 'SIGNING' })
}

/** Retires the keys that stopped signing before an instant and whose last ticket has expired. Their secrets are wiped. */
export async function retireSpentKeys(tx: Tx, rotatedBefore: Date, at: Date): Promise<string[]> {
  const isSignedBy = or(eq(signedTicket.macKeyId, signingKey.keyId), eq(signedTicket.signatureKeyId, signingKey.keyId))
  const goodTickets = tx
    .select({ one: sql`1` })
    .from(signedTicket)
    .where(and(isSignedBy, sql`${signedTicket.expireTime} > ${at.toISOString()}`))
  const rows = await tx
    .update(signingKey)
    .set({ state: 'RETIRED', sealedSecret: null, retireTime: at })
    .where(and(eq(signingKey.state, 'VERIFYING'), lt(signingKey.rotateTime, rotatedBefore), notExists(goodTickets)))
    .returning({ keyId: signingKey.keyId })
  return rows.map((row) => row.keyId)
}
