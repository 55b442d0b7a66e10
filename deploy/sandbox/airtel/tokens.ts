import { json, objectOf } from '../net/answers.ts'
import type { Answer, Incoming } from '../net/router.ts'
import { ALPHANUMERIC } from '../world/random.ts'
import type { World } from '../world/world.ts'

/** Tokens that live for three minutes, several of them at once. */
const LIFE_MS = 180_000

export type Tokens = {
  /** `POST /auth/oauth2/token` */
  issue(request: Incoming): Answer
  /** Whether a request carries a token that is right. */
  isRight(request: Incoming): boolean
  expireAll(): void
}

export function startTokens(world: World): Tokens {
  const tokens = new Map<string, { readonly expireMs: number; usesLeft: number }>()
  return {
    issue: ({ body }) => {
      if (!isKnown(world, body)) {
        return json(401, { error_description: 'Invalid client authentication', error: 'invalid_client' })
      }
      const { tokenLifeMs, tokenUses } = world.scenarios.of()
      const lifeMs = Math.min(LIFE_MS, tokenLifeMs)
      const value = world.random.text(ALPHANUMERIC, 32)
      tokens.set(value, { expireMs: world.clock.now().getTime() + lifeMs, usesLeft: tokenUses || Infinity })
      const expires_in = String(Math.max(1, Math.floor(lifeMs / 1000)))
      return json(200, { access_token: value, expires_in, token_type: 'bearer' })
    },
    isRight: ({ headers }) => {
      const token = tokens.get(/^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '')
      if (!token || token.expireMs <= world.clock.now().getTime() || token.usesLeft <= 0) return false
      token.usesLeft -= 1
      return true
    },
    expireAll: () => tokens.clear(),
  }
}

function isKnown(world: World, body: Buffer): boolean {
  try {
    const { client_id, client_secret, grant_type } = objectOf(body)
    if (grant_type !== 'client_credentials' || !client_id || !client_secret) return false
    const { client } = world.settings.airtel
    return client === undefined || (client_id === client.id && client_secret === client.secret)
  } catch {
    return false
  }
}
