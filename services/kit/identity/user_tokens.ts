import { createLocalJWKSet, errors, type JWK, type JWTPayload, jwtVerify } from 'jose'
import { refuseCall } from '../errors.ts'
import { type Session, sessionFrom } from '../session.ts'
import { tokenCache } from './token_cache.ts'

/** Issuer and audience of access tokens. */
export const TOKEN_ISSUER = 'tms'
export const TOKEN_AUDIENCE = 'tms'
/** The `typ` header of access tokens (RFC 9068). */
export const TOKEN_TYPE = 'at+jwt'

/** Fetches the public keys that access tokens are signed with. */
export type KeySource = () => Promise<readonly JWK[]>

/** Claims of an access token beyond the registered ones. */
export type AccessClaims = {
  readonly sid?: string
  readonly tid?: string
  readonly roles?: readonly string[]
  readonly perms?: readonly string[]
  readonly lang?: string
  readonly phone?: string
  readonly aud_class?: 'public' | 'partner'
  readonly cond?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Turns an access token into a session. */
export type UserVerifier = (token: string) => Promise<Session>

/** Keys are fetched again for an unknown key id, but no more often than this. */
const REFETCH_AFTER_MS = 1_000

/**
 * Verifies access tokens without asking anybody: by cached public keys, and the list of sessions that were ended.
 *
 * The verifier throws UNAUTHENTICATED with TOKEN_INVALID, TOKEN_EXPIRED or SESSION_REVOKED.
 *
 * @param isRevoked whether a session was ended before its tokens ran out
 */
export function userVerifier(source: KeySource, isRevoked: (sessionId: string) => boolean): UserVerifier {
  const cache = tokenCache<Session>()
  const keys = keyRing(source)
  return async (token) => {
    const session = cache.get(token) ?? (await verify(token))
    if (session.sessionId !== undefined && isRevoked(session.sessionId)) {
      throw refuseCall('SESSION_REVOKED', 'this session was ended; sign in again')
    }
    return session
  }

  async function verify(token: string): Promise<Session> {
    try {
      const options = { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE, typ: TOKEN_TYPE, algorithms: ['EdDSA'] }
      const { payload } = await jwtVerify<AccessClaims>(token, keys, options)
      const session = sessionOfClaims(payload)
      cache.set(token, session, payload.exp ?? 0)
      return session
    } catch (err) {
      throw refusalFor(err)
    }
  }
}

function refusalFor(err: unknown): unknown {
  if (err instanceof errors.JWTExpired) return refuseCall('TOKEN_EXPIRED', 'the access token ran out; refresh it')
  // Only what the token itself is guilty of: an unreachable key source must not sign everybody out.
  if (err instanceof errors.JOSEError) return refuseCall('TOKEN_INVALID', 'the access token is not valid')
  return refuseCall('PEER_UNAVAILABLE', 'sign-in keys cannot be fetched right now', {}, { retryAfterMs: 1_000 })
}

/** A key look-up that fetches again when a token names a key that is not known yet. */
function keyRing(source: KeySource) {
  let current: Promise<ReturnType<typeof createLocalJWKSet>> | undefined
  let fetchedAt = 0
  const fetchKeys = () => {
    fetchedAt = performance.now()
    current = source().then((keys) => createLocalJWKSet({ keys: [...keys] }))
    current.catch(() => (current = undefined))
    return current
  }
  return async (...args: Parameters<ReturnType<typeof createLocalJWKSet>>) => {
    const set = await (current ?? fetchKeys())
    try {
      return await set(...args)
    } catch (err) {
      const mayRefetch = performance.now() - fetchedAt > REFETCH_AFTER_MS
      if (!(err instanceof errors.JWKSNoMatchingKey) || !mayRefetch) throw err
      return (await fetchKeys())(...args)
    }
  }
}

function sessionOfClaims(claims: JWTPayload & AccessClaims): Session {
  if (claims.sub === undefined || claims.sub === '') throw new errors.JWTClaimValidationFailed('no subject', claims)
  return sessionFrom({
    kind: 'user',
    userId: claims.sub,
    tenantId: claims.tid,
    sessionId: claims.sid,
    roles: claims.roles ?? [],
    permissions: claims.perms ?? [],
    language: claims.lang ?? 'en',
    phone: claims.phone,
    audience: claims.aud_class ?? 'public',
    conditions: claims.cond ?? {},
  })
}
