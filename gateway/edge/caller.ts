import type { TokenOfKey } from './api_keys.ts'
import { API_KEY } from './headers.ts'
import { headerOf, type Req } from './http.ts'
import { anonymous, refuseCall, SERVICE_TOKEN, type Session, type UserVerifier } from '#kit'

/** Tells who calls, and leaves in the request only the proof that services may believe. */
export type IdentifyCaller = (req: Req) => Promise<Session>

/**
 * Checks the proof that a call brings: an access token, or an API key, which is exchanged for one.
 *
 * A call without either passes as nobody's. A service's token never comes from outside: it is taken off, whoever sent it.
 * The function throws UNAUTHENTICATED for a bad token or key, so that it stops here.
 */
export function callerIdentifier(verifyUser: UserVerifier, tokenOfKey: TokenOfKey): IdentifyCaller {
  return async (req) => {
    const apiKey = headerOf(req, API_KEY)
    takeOff(req, SERVICE_TOKEN)
    takeOff(req, API_KEY)
    if (req.headers.authorization === undefined && apiKey !== undefined) {
      req.headers.authorization = `Bearer ${await tokenOfKey(apiKey)}`
    }
    return req.headers.authorization === undefined ? anonymous : verifyUser(bearerOf(req.headers.authorization))
  }
}

function takeOff(req: Req, name: string): void {
  Reflect.deleteProperty(req.headers, name)
}

function bearerOf(authorization: string): string {
  const token = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1]
  if (token === undefined) throw refuseCall('TOKEN_INVALID', 'the header authorization must be "Bearer <access token>"')
  return token
}
