import type { IncomingHttpHeaders } from 'node:http'
import { json } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import { ALPHANUMERIC } from '../world/random.ts'
import type { World } from '../world/world.ts'

/** Access tokens; unlike Daraja's, several are valid at once. */
export type Tokens = {
  /** `POST /v1/oauth2/token` */
  issue(request: Incoming): Answer
  /** What a request without a valid token is answered, in the dialect of OAuth. */
  refusal(headers: IncomingHttpHeaders): Answer | undefined
  expireAll(): void
}

export function startTokens(world: World): Tokens {
  const expiries = new Map<string, number>()
  return {
    issue: ({ headers, body }) => {
      const known = /^Basic [A-Za-z0-9+/=]+$/.test(headers.authorization ?? '')
      if (!known) return oauthError('invalid_client', 'Client Authentication failed')
      if (new URLSearchParams(body.toString('utf8')).get('grant_type') !== 'client_credentials') {
        return { ...oauthError('unsupported_grant_type', 'Grant type is not supported'), status: 400 }
      }
      const { tokenLifeMs } = world.scenarios.of()
      const token = `A21AA${world.random.text(ALPHANUMERIC, 92)}`
      expiries.set(token, world.clock.now().getTime() + tokenLifeMs)
      return json(200, {
        scope: 'https://uri.paypal.com/services/payments/payment',
        access_token: token,
        token_type: 'Bearer',
        app_id: 'APP-80W284485P519543T',
        expires_in: Math.max(1, Math.floor(tokenLifeMs / 1000)),
        nonce: world.clock.now().toISOString(),
      })
    },
    refusal: ({ authorization = '' }) => {
      const expiry = expiries.get(authorization.replace(/^Bearer /, ''))
      return expiry !== undefined && expiry > world.clock.now().getTime()
        ? undefined
        : oauthError('invalid_token', 'Token signature verification failed')
    },
    expireAll: () => expiries.clear(),
  }
}

function oauthError(error: string, description: string): Answer {
  return json(401, { error, error_description: description })
}
