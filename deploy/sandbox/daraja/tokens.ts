import type { IncomingHttpHeaders } from 'node:http'
import { json } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import type { World } from '../world/world.ts'
import { DarajaError, invalidToken } from './errors.ts'
import { accessToken } from './ids.ts'

type Token = { readonly value: string; readonly expireMs: number; usesLeft: number }

/** Access tokens, of which only an app's newest is valid. */
export type Tokens = {
  /** `GET /oauth/v1/generate` */
  issue(request: Incoming): Answer
  /** @throws {DarajaError} 404.001.04 without a Bearer header, 404.001.03 when the token is not (or no longer) valid. */
  check(headers: IncomingHttpHeaders): void
  /** Ends every token at once, as a key rotation in mid-flight would. */
  expireAll(): void
}

export function startTokens(world: World): Tokens {
  const byApp = new Map<string, Token>()
  const byValue = new Map<string, Token>()

  const newToken = (app: string): Token => {
    const { tokenLifeMs, tokenUses } = world.scenarios.of()
    const expireMs = world.clock.now().getTime() + tokenLifeMs
    const token = { value: accessToken(world.random), expireMs, usesLeft: tokenUses || Infinity }
    byValue.delete(byApp.get(app)?.value ?? '')
    byApp.set(app, token)
    byValue.set(token.value, token)
    return token
  }

  return {
    issue: (request) => {
      const app = appOf(request.headers.authorization)
      if (request.query.get('grant_type') !== 'client_credentials')
        throw new DarajaError('400.008.02', 'Invalid grant type passed')
      // The real body is empty or HTML from one day to the next; the status is what a client can hold on to.
      if (!isKnown(world, app)) return { status: 401 }
      const token = newToken(app)
      const expiresIn = Math.max(1, Math.floor(world.scenarios.of().tokenLifeMs / 1000) - 1)
      return json(200, { access_token: token.value, expires_in: String(expiresIn) })
    },
    check: (headers) => {
      const value = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
      if (!value) throw new DarajaError('404.001.04', 'Invalid Authentication Header')
      const token = byValue.get(value)
      if (!token || token.expireMs <= world.clock.now().getTime() || token.usesLeft <= 0) throw invalidToken()
      token.usesLeft -= 1
    },
    expireAll: () => {
      byApp.clear()
      byValue.clear()
    },
  }
}

/** `key:secret` of a Basic header. */
function appOf(authorization = ''): string {
  const credentials = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization)?.[1]
  if (!credentials) throw new DarajaError('400.008.01', 'Invalid Authentication passed')
  return Buffer.from(credentials, 'base64').toString('utf8')
}

function isKnown(world: World, app: string): boolean {
  const { consumer } = world.settings
  return consumer ? app === `${consumer.key}:${consumer.secret}` : /^.+:.+$/.test(app)
}
