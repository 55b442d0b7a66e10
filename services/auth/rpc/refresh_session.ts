import { randomBytes } from 'node:crypto'
import type { Handler, Tx } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { hashOfSecret, sameHash } from '../crypto/random.ts'
import { accessOf } from '../domain/access.ts'
import { decideRefresh } from '../domain/refresh.ts'
import { refuse } from '../errors.ts'
import { endSessions, type OpenSession, tokensOf } from '../steps/sessions.ts'
import { toolsOf } from '../steps/tools.ts'
import { grantsOf } from '../store/grants.ts'
import { findRefreshToken, replaceRefreshToken } from '../store/refresh_tokens.ts'
import type { RefreshTokenRow, SessionRow } from '../store/schema.ts'
import { lockSession, touchSession } from '../store/sessions.ts'
import { findUser } from '../store/users.ts'

type Refusal = 'REFRESH_TOKEN_INVALID' | 'REFRESH_TOKEN_REUSED' | 'SESSION_ENDED'

const sentences: Record<Refusal, string> = {
  REFRESH_TOKEN_INVALID: 'this refresh token is not one of ours; sign in',
  REFRESH_TOKEN_REUSED: 'this refresh token was used before, so the session was ended; sign in again',
  SESSION_ENDED: 'this session is over; sign in again',
}

export const refreshSession =
  (ctx: Ctx): Handler<typeof AuthService.method.refreshSession> =>
  async (req) => {
    // A refusal leaves the transaction as an answer: thrown inside, it would undo the end of the session.
    const outcome = await ctx.db.transaction((tx) => refresh(ctx, tx, req.refreshToken))
    if (typeof outcome === 'object') return { tokens: await tokensOf(ctx, outcome) }
    ctx.happened('auth.refresh_refused', { reason: outcome })
    throw refuse(outcome, sentences[outcome])
  }

async function refresh(ctx: Ctx, tx: Tx, presented: string): Promise<OpenSession | Refusal> {
  const now = ctx.clock.now()
  const hash = hashOfSecret(presented)
  const seen = await findRefreshToken(tx, hash)
  // Several tabs at once wait here for each other, and then see what the first of them did.
  const session = seen && (await lockSession(tx, seen.sessionId))
  const token = session && (await findRefreshToken(tx, hash))
  if (!token) return 'REFRESH_TOKEN_INVALID'
  if (session.endTime || session.expireTime <= now) return 'SESSION_ENDED'
  const refreshToken = await nextToken(ctx, tx, token, presented)
  if (refreshToken === undefined) return 'REFRESH_TOKEN_REUSED'
  await touchSession(tx, session.sessionId, now)
  return withAccess(tx, session, refreshToken)
}

/** The token that the holder goes on with; undefined when the session had to be ended. */
async function nextToken(ctx: Ctx, tx: Tx, token: RefreshTokenRow, presented: string): Promise<string | undefined> {
  const { keychain } = toolsOf(ctx)
  const { useTime, successorSalt, successorHash } = token
  const successor = successorHash && (await findRefreshToken(tx, successorHash))
  const known = { useTime: useTime ?? undefined, successorUsed: Boolean(successor?.useTime) }
  switch (decideRefresh(known, ctx.settings.refreshLeewaySeconds, ctx.clock.now())) {
    case 'ROTATE': {
      const salt = randomBytes(32)
      const next = keychain.successorOf(presented, salt)
      await replaceRefreshToken(tx, token, { salt, hash: hashOfSecret(next) }, ctx.clock.now())
      return next
    }
    case 'REPEAT': {
      const again = keychain.successorOf(presented, successorSalt ?? new Uint8Array())
      // They differ when AUTH_KEY was changed within the leeway: then it cannot be told again.
      if (successorHash && sameHash(hashOfSecret(again), successorHash)) return again
      return endReused(ctx, tx, token)
    }
    case 'REUSED':
      return endReused(ctx, tx, token)
  }
}

async function endReused(ctx: Ctx, tx: Tx, { sessionId }: RefreshTokenRow): Promise<undefined> {
  await endSessions(ctx, tx, { sessionId }, 'TOKEN_REUSED')
}

async function withAccess(tx: Tx, session: SessionRow, refreshToken: string): Promise<OpenSession | Refusal> {
  const user = await findUser(tx, session.userId)
  if (!user) return 'SESSION_ENDED'
  const grants = await grantsOf(tx, user.userId)
  return { session, user, refreshToken, access: accessOf(grants, session.tenantId ?? undefined) }
}
