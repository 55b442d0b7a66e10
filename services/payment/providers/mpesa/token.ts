import type { Clock, Outbound } from '#kit'
import { faultIn, objectIn, textIn } from './envelope.ts'

/** An access token for Daraja, shared by all requests. */
export type TokenSource = {
  /**
   * The token in use, fetched when there is none or it is about to run out; parallel callers wait for one fetch.
   *
   * @throws {TokenUnavailable}
   */
  current(): Promise<string>
  /** Drops a token that Daraja refused, unless a newer one has taken its place already. */
  discard(token: string): void
}

/** Daraja gave no token, for whatever reason: no request could be sent, and none was. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable'
}

/** Tokens are renewed this long before they run out. */
const EARLY_MS = 60_000

/** Fetches tokens by `GET /oauth/v1/generate`. A new token ends the one before, so that there must be only one fetch at a time. */
export function tokenSource(http: Outbound, clock: Clock, consumer: { key: string; secret: string }): TokenSource {
  let held: { token: string; renewMs: number } | undefined
  let fetching: Promise<string> | undefined

  const fetchToken = async (): Promise<string> => {
    const basic = Buffer.from(`${consumer.key}:${consumer.secret}`).toString('base64')
    const response = await http
      .send({
        method: 'GET',
        path: '/oauth/v1/generate?grant_type=client_credentials',
        headers: { authorization: `Basic ${basic}` },
      })
      .catch((err: unknown) => {
        throw new TokenUnavailable('the token endpoint does not answer', { cause: err })
      })
    const fields = objectIn(response.text)
    const token = textIn(fields, 'access_token')
    if (response.status !== 200 || token === '')
      throw new TokenUnavailable(`no access token: ${faultIn(response).code}`)
    // Seconds, as a string on the wire and as a number in the newest documentation.
    const lifeMs = (Number(textIn(fields, 'expires_in')) || 0) * 1000
    held = { token, renewMs: clock.now().getTime() + Math.max(lifeMs - EARLY_MS, lifeMs / 2) }
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
