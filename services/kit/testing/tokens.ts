import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '../identity/user_tokens.ts'

/** Who calls, in a test; what is left out is empty. */
export type Who = {
  readonly userId?: string
  readonly tenantId?: string
  readonly sessionId?: string
  readonly roles?: readonly string[]
  readonly permissions?: readonly string[]
  readonly language?: string
  readonly phone?: string
  readonly audience?: 'public' | 'partner'
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** How a token differs from a good one, for tests of refusal. */
export type TokenFlaws = { readonly audience?: string; readonly issuer?: string; readonly expiresInSeconds?: number }

/** Signs access tokens as auth does, with a key that the suite trusts. */
export type TestIssuer = { readonly keys: readonly JWK[]; sign(who: Who, flaws?: TokenFlaws): Promise<string> }

const KEY_ID = 'test-key'

/** Makes an issuer with a key of its own. */
export async function testIssuer(): Promise<TestIssuer> {
  const pair = await generateKeyPair('EdDSA', { extractable: true })
  const key = { ...(await exportJWK(pair.publicKey)), kid: KEY_ID, alg: 'EdDSA', use: 'sig' }
  return {
    keys: [key],
    sign: (who, flaws = {}) => {
      const expiry = Math.floor(Date.now() / 1000) + (flaws.expiresInSeconds ?? 600)
      return new SignJWT(claimsOf(who))
        .setProtectedHeader({ alg: 'EdDSA', kid: KEY_ID, typ: TOKEN_TYPE })
        .setIssuer(flaws.issuer ?? TOKEN_ISSUER)
        .setAudience(flaws.audience ?? TOKEN_AUDIENCE)
        .setSubject(who.userId ?? crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime(expiry)
        .sign(pair.privateKey)
    },
  }
}

function claimsOf(who: Who) {
  return {
    sid: who.sessionId ?? crypto.randomUUID(),
    tid: who.tenantId,
    roles: who.roles,
    perms: who.permissions,
    lang: who.language,
    phone: who.phone,
    aud_class: who.audience,
    cond: who.conditions,
  }
}
