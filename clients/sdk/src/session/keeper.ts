import { Code, ConnectError } from '@connectrpc/connect'
import type { SessionTokens } from '../../../../gen/tms/auth/v1/session_pb.ts'
import type { TmsStorage } from '../storage.ts'
import { keptTokens, parseKept, signedIn, withAccessToken, type KeptTokens, type SignedIn } from './tokens.ts'

/** Exchanges a refresh token for the next pair, at auth. */
export type Refresh = (refreshToken: string) => Promise<SessionTokens | undefined>

export type KeeperOptions = {
  readonly refresh: Refresh
  readonly storage: TmsStorage
  /** The name that the session is kept under. */
  readonly item: string
  readonly now?: () => number
}

/** How often a refresh is tried again at once when auth cannot be reached; auth answers repeats within ten seconds alike. */
const refreshAttempts = 3
const refreshWaitMs = 500

/**
 * Keeps the tokens of a session fresh: one refresh at a time, in this page and, by a lock, among all that share the storage.
 */
export class SessionKeeper {
  readonly #options: KeeperOptions
  readonly #now: () => number
  readonly #listeners = new Set<(who: SignedIn | undefined) => void>()
  readonly #tokenListeners = new Set<() => void>()
  readonly #loaded: Promise<void>
  #kept: KeptTokens | undefined
  #refreshing: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#loaded = this.#load()
  }

  /** Resolves when a session that was kept before has been read. */
  ready(): Promise<void> {
    return this.#loaded
  }

  /** Who is signed in now. */
  get current(): SignedIn | undefined {
    return this.#kept && signedIn(this.#kept)
  }

  get refreshToken(): string | undefined {
    return this.#kept?.refreshToken
  }

  /** Tells of every sign-in, change of company and end of session. Returns what ends the telling. */
  onChange(listener: (who: SignedIn | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells whenever there is another access token, or none any more. Returns what ends the telling. */
  onToken(listener: () => void): () => void {
    this.#tokenListeners.add(listener)
    return () => this.#tokenListeners.delete(listener)
  }

  /** The token to send with a call; undefined when nobody is signed in. */
  async token(): Promise<string | undefined> {
    await this.#loaded
    const kept = this.#kept
    if (!kept || this.#now() < kept.refreshAtMs) return kept?.accessToken
    const refreshed = this.#refresh()
    // Due is not over: while the token is good, the call need not wait for the next one.
    if (this.#now() < kept.expireAtMs) refreshed.catch(() => undefined)
    else await refreshed
    return this.#kept?.accessToken
  }

  /** After a service refused a token: true when there is another one to try. */
  async renew(rejected: string | undefined): Promise<boolean> {
    await this.#loaded
    if (rejected !== undefined && this.#kept?.accessToken === rejected) await this.#refresh()
    return this.#kept !== undefined && this.#kept.accessToken !== rejected
  }

  /** Takes over a session that has begun or gone on. */
  async keep(tokens: SessionTokens): Promise<SignedIn> {
    return this.#store(keptTokens(tokens, this.#now()))
  }

  /** The session goes on with another access token: it acts for another company now. */
  async replaceAccessToken(accessToken: string): Promise<SignedIn | undefined> {
    return this.#kept && this.#store(withAccessToken(this.#kept, accessToken, this.#now()))
  }

  /** Forgets the session here; it goes on at auth until it is ended there. */
  async forget(): Promise<void> {
    await this.#loaded
    await this.#options.storage.removeItem(this.#options.item)
    this.#adopt(undefined)
  }

  /** Stops refreshing in the background. */
  close(): void {
    clearTimeout(this.#timer)
  }

  async #load(): Promise<void> {
    this.#adopt(await this.#stored())
  }

  async #stored(): Promise<KeptTokens | undefined> {
    return parseKept(await this.#options.storage.getItem(this.#options.item))
  }

  async #store(kept: KeptTokens): Promise<SignedIn> {
    await this.#loaded // what was kept before must not come after what is new
    await this.#options.storage.setItem(this.#options.item, JSON.stringify(kept))
    this.#adopt(kept)
    return signedIn(kept)
  }

  #adopt(kept: KeptTokens | undefined): void {
    const [before, tokenBefore] = [this.#kept && JSON.stringify(signedIn(this.#kept)), this.#kept?.accessToken]
    this.#kept = kept
    this.#schedule()
    if (kept?.accessToken !== tokenBefore) for (const listener of this.#tokenListeners) listener()
    const who = this.current
    if (before === (who && JSON.stringify(who))) return
    for (const listener of this.#listeners) listener(who)
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.#kept) return
    const waitMs = Math.max(0, this.#kept.refreshAtMs - this.#now())
    this.#timer = setTimeout(() => {
      this.#refresh().catch(() => undefined) // the next call tries again, and tells its caller
    }, waitMs)
    // In Node a session in the background must not keep the process alive.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= exclusively(this.#options.item, () => this.#refreshNow()).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refreshNow(): Promise<void> {
    const stored = await this.#stored()
    if (!stored) return this.#adopt(undefined) // signed out in another tab
    const isNewer = stored.accessToken !== this.#kept?.accessToken && this.#now() < stored.refreshAtMs
    if (isNewer) return this.#adopt(stored) // another tab was faster
    try {
      const tokens = await this.#refreshed(stored.refreshToken)
      if (tokens) await this.keep(tokens)
    } catch (err) {
      if (!isEnd(err)) throw err
      await this.forget()
    }
  }

  async #refreshed(refreshToken: string): Promise<SessionTokens | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#options.refresh(refreshToken)
      } catch (err) {
        const isAway = err instanceof ConnectError && err.code === Code.Unavailable
        if (!isAway || attempt >= refreshAttempts) throw err
        await new Promise((resolve) => setTimeout(resolve, refreshWaitMs))
      }
    }
  }
}

/** Whether auth said that the session is over, rather than that it cannot say. */
function isEnd(err: unknown): boolean {
  return err instanceof ConnectError && (err.code === Code.Unauthenticated || err.code === Code.InvalidArgument)
}

/** One at a time among the tabs of a browser; elsewhere nothing else shares the storage, or auth's leeway covers it. */
async function exclusively(name: string, work: () => Promise<void>): Promise<void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  return locks ? locks.request(name, work) : work()
}
