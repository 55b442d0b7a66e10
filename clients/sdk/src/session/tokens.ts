import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { SessionTokens } from '../../../../gen/tms/auth/v1/session_pb.ts'

/** What is kept of a session. Times are of this machine's clock, which may be wrong: see `keptTokens`. */
export type KeptTokens = {
  readonly sessionId: string
  readonly userId: string
  readonly accessToken: string
  readonly refreshToken: string
  /** From then on a new access token is fetched in good time. */
  readonly refreshAtMs: number
  /** From then on the access token is of no use. */
  readonly expireAtMs: number
}

/** Who is signed in, as the access token says: to show, and to decide what to offer. Services decide for themselves. */
export type SignedIn = {
  readonly userId: string
  readonly sessionId: string
  /** The company that the session acts for; empty for none. */
  readonly tenantId: string
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly language: string
  /** Verified phone number in E.164; empty when there is none. */
  readonly phone: string
}

type Claims = {
  readonly iat?: number
  readonly exp?: number
  readonly tid?: string
  readonly roles?: readonly string[]
  readonly perms?: readonly string[]
  readonly lang?: string
  readonly phone?: string
}

/** A token is renewed when a tenth of its life is left, so a call that is under way does not see it run out. */
const renewAtShare = 0.9

/**
 * Turns what auth sent into what is kept.
 *
 * How long a token lives is taken from the token itself and counted from its arrival: the clocks of phones are often
 * minutes off, and one that is ahead would find every token expired.
 */
export function keptTokens(tokens: SessionTokens, nowMs: number): KeptTokens {
  const { sessionId, userId, accessToken, refreshToken } = tokens
  return { sessionId, userId, refreshToken, ...times(accessToken, accessExpiry(tokens), nowMs) }
}

/** The same session with another access token. */
export function withAccessToken(kept: KeptTokens, accessToken: string, nowMs: number): KeptTokens {
  return { ...kept, ...times(accessToken, undefined, nowMs) }
}

function times(accessToken: string, expiryMs: number | undefined, nowMs: number) {
  const { iat, exp } = claimsOf(accessToken)
  const lifeMs = iat !== undefined && exp !== undefined ? (exp - iat) * 1000 : (expiryMs ?? nowMs) - nowMs
  return { accessToken, refreshAtMs: nowMs + lifeMs * renewAtShare, expireAtMs: nowMs + lifeMs }
}

function accessExpiry({ accessExpireTime }: SessionTokens): number | undefined {
  return accessExpireTime && timestampMs(accessExpireTime)
}

/** Reads kept tokens; undefined for what is not such a text, e.g. of another version of this client. */
export function parseKept(text: string | null): KeptTokens | undefined {
  try {
    const kept = JSON.parse(text ?? '') as Partial<KeptTokens> | null
    const isWhole = typeof kept?.refreshToken === 'string' && typeof kept.accessToken === 'string'
    return isWhole && typeof kept.expireAtMs === 'number' ? (kept as KeptTokens) : undefined
  } catch {
    return undefined
  }
}

/** Who a kept session is of. */
export function signedIn({ sessionId, userId, accessToken }: KeptTokens): SignedIn {
  const { tid = '', roles = [], perms = [], lang = 'en', phone = '' } = claimsOf(accessToken)
  return { userId, sessionId, tenantId: tid, roles, permissions: perms, language: lang, phone }
}

/** The claims of a JWT, unverified: this client believes the server that it got it from. */
function claimsOf(jwt: string): Claims {
  try {
    const payload = (jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)) as Claims
  } catch {
    return {}
  }
}
