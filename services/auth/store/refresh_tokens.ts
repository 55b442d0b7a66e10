import type { Queries } from '#kit'
import { eq } from 'drizzle-orm'
import { refreshToken, type RefreshTokenRow } from './schema.ts'

/** A refresh token by its hash. Returns undefined when we never made it. */
export async function findRefreshToken(db: Queries, tokenHash: Uint8Array): Promise<RefreshTokenRow | undefined> {
  const [row] = await db.select().from(refreshToken).where(eq(refreshToken.tokenHash, tokenHash))
  return row
}

/** Adds the newest token of a session. */
export async function insertRefreshToken(
  db: Queries,
  token: Pick<RefreshTokenRow, 'tokenHash' | 'sessionId' | 'createTime'>,
): Promise<void> {
  await db.insert(refreshToken).values(token)
}

/** Exchanges a token for its successor, which becomes the newest of the session. */
export async function replaceRefreshToken(
  db: Queries,
  token: RefreshTokenRow,
  successor: { readonly salt: Uint8Array; readonly hash: Uint8Array },
  at: Date,
): Promise<void> {
  await db
    .update(refreshToken)
    .set({ useTime: at, successorSalt: successor.salt, successorHash: successor.hash })
    .where(eq(refreshToken.tokenHash, token.tokenHash))
  await insertRefreshToken(db, { tokenHash: successor.hash, sessionId: token.sessionId, createTime: at })
}
