import { jwtVerify, SignJWT, decodeJwt } from 'jose'
import { refuseCall } from '../errors.ts'
import type { ServiceKeys } from './service_keys.ts'
import { tokenCache } from './token_cache.ts'

const ISSUER = 'tms-service'
const LIFE_SECONDS = 300
/** A token is renewed while it still has this long to live, so that none runs out on the way. */
const RENEW_BEFORE_SECONDS = 60

/** Proves this service to its peers. */
export type ServiceSigner = (audience: string) => Promise<string>

/** Signs tokens as `service`; one token per peer is kept until shortly before it runs out. */
export function serviceSigner(keys: ServiceKeys, service: string): ServiceSigner {
  const tokens = new Map<string, { token: Promise<string>; renewAt: number }>()
  return (audience) => {
    const now = Date.now() / 1000
    const kept = tokens.get(audience)
    if (kept && kept.renewAt > now) return kept.token
    const token = signToken(keys, service, audience)
    tokens.set(audience, { token, renewAt: now + LIFE_SECONDS - RENEW_BEFORE_SECONDS })
    token.catch(() => tokens.delete(audience))
    return token
  }
}

async function signToken(keys: ServiceKeys, service: string, audience: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', typ: 'svc+jwt' })
    .setIssuer(ISSUER)
    .setSubject(service)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${LIFE_SECONDS}s`)
    .sign(await keys.privateKey(service))
}

/** Tells which service a token proves. */
export type ServiceVerifier = (token: string) => Promise<string>

/**
 * Verifies tokens that are meant for `audience`.
 *
 * The verifier throws UNAUTHENTICATED / TOKEN_INVALID when the token was made for another service, was changed, ran
 * out, or names a service that is not known.
 */
export function serviceVerifier(keys: ServiceKeys, audience: string): ServiceVerifier {
  const cache = tokenCache<string>()
  return async (token) => {
    const cached = cache.get(token)
    if (cached !== undefined) return cached
    try {
      const claimed = decodeJwt(token).sub ?? ''
      const key = await keys.publicKey(claimed)
      if (!key) throw new Error('unknown service')
      const options = { issuer: ISSUER, audience, typ: 'svc+jwt', algorithms: ['EdDSA'] }
      const { payload } = await jwtVerify(token, key, options)
      cache.set(token, claimed, payload.exp ?? 0)
      return claimed
    } catch {
      throw refuseCall('TOKEN_INVALID', 'the calling service could not be verified')
    }
  }
}
