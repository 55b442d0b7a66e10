import { createHash } from 'node:crypto'
import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError } from '@connectrpc/connect'

/** What a key is exchanged for. */
export type ExchangedToken = { readonly accessToken: string; readonly accessExpireTime?: Timestamp }

/** Exchanges an API key for an access token, at auth. */
export type Exchange = (secret: string) => Promise<ExchangedToken>

/** The access token that stands for an API key. */
export type TokenOfKey = (secret: string) => Promise<string>

type Entry = { readonly token: Promise<string>; expireMs: number }

/** A token is not handed out when it has less than this to live, lest it run out on the way. */
const marginMs = 30_000
/** A key that was refused is refused again from here for a while: guessing must not load auth. */
const refusedMs = 5_000
/** While a key is being exchanged, callers that bring it wait for that one exchange. */
const exchangingMs = 30_000
const mostKeys = 10_000

/**
 * Exchanges keys and remembers their tokens until shortly before they run out. Keys are kept as hashes only.
 *
 * The function throws what auth answered: UNAUTHENTICATED / API_KEY_INVALID for a key that is not one.
 */
export function apiKeys(exchange: Exchange, now: () => number): TokenOfKey {
  const entries = new Map<string, Entry>()
  return (secret) => {
    const hash = createHash('sha256').update(secret).digest('base64')
    const known = entries.get(hash)
    if (known && known.expireMs > now()) return known.token
    const exchanged = exchange(secret)
    const entry: Entry = { token: exchanged.then((answer) => answer.accessToken), expireMs: now() + exchangingMs }
    exchanged.then(
      ({ accessExpireTime }) => (entry.expireMs = (accessExpireTime ? timestampMs(accessExpireTime) : 0) - marginMs),
      (err: unknown) => (entry.expireMs = isVerdict(err) ? now() + refusedMs : 0),
    )
    entries.delete(hash)
    entries.set(hash, entry)
    if (entries.size > mostKeys) entries.delete(entries.keys().next().value ?? '')
    return entry.token
  }
}

/** Whether auth judged the key, rather than being away. */
function isVerdict(err: unknown): boolean {
  return err instanceof ConnectError && err.code === Code.Unauthenticated
}
