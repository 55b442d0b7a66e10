import type { Clock, OutboundResponse } from '#kit'
import { type Fields, objectIn, textIn } from './json.ts'

/** An access token for a provider, shared by all requests of this process. */
export type TokenSource = {
  /**
   * The token in use, fetched when there is none or it is about to run out; parallel callers wait for one fetch.
   *
   * @throws {TokenUnavailable}
   */
  current(): Promise<string>
  /** Drops a token that the provider refused, unless a newer one has taken its place already. */
  discard(token: string): void
}

/** The provider gave no token, for whatever reason: no request could be sent, and none was. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable'
}

/** How one provider gives out tokens. */
export type TokenRules = {
  readonly clock: Clock
  /** Asks for a new one. */
  readonly ask: () => Promise<OutboundResponse>
  /** A token is renewed this long before it runs out, though never before half its life is over. */
  readonly earlyMs: number
  /** Names the provider's refusal in an error. */
  readonly faultIn: (response: OutboundResponse) => string
}

/**
 * Fetches tokens in the shape of OAuth 2: `access_token`, and `expires_in` in seconds, as number or as string. Not
 * shared between processes: a token is a credential that Redis need not hold, and each provider takes several at once
 * or lets {@link TokenSource.discard} and a second fetch settle it.
 */
export function tokenSource({ clock, ask, earlyMs, faultIn }: TokenRules): TokenSource {
  let held: { token: string; renewMs: number } | undefined
  let fetching: Promise<string> | undefined

  const fetchToken = async (): Promise<string> => {
    const response = await ask().catch((err: unknown) => {
      throw new TokenUnavailable('the token endpoint does not answer', { cause: err })
    })
    const fields: Fields | undefined = objectIn(response.text)
    const token = textIn(fields, 'access_token')
    if (response.status !== 200 || token === '') throw new TokenUnavailable(`no access token: ${faultIn(response)}`)
    const lifeMs = (Number(textIn(fields, 'expires_in')) || 0) * 1000
    held = { token, renewMs: clock.now().getTime() + Math.max(lifeMs - earlyMs, lifeMs / 2) }
    return token
  }

  return {
    current: () => {
      if (held && clock.now().getTime() < held.renewMs) return Promise.resolve(held.token)
      fetching ??= fetchToken().finally(() => (fetching = undefined))
      return fetching
    },
    discard: (token) => {
      if (held?.token === token) held = undefined
    },
  }
}
