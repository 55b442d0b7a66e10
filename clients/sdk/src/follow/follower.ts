import { Code, ConnectError } from '@connectrpc/connect'
import type { PositionUpdate } from '../../../../gen/tms/tracking/v1/position_pb.ts'
import { TrackingService } from '../../../../gen/tms/tracking/v1/tracking_service_pb.ts'
import { isPassing } from '../calls/watch.ts'
import { reasonOf } from '../reasons.ts'
import type { FollowFormat } from './frames.ts'
import type { FollowClient } from './index.ts'
import type { LinkEnd, LinkEvents } from './link.ts'
import { Newest } from './newest.ts'
import { followBySocket } from './socket.ts'
import { followByStream } from './stream.ts'
import { type FollowTopic, signInRefused } from './topic.ts'
import { wait } from './wait.ts'

/** How the connection stands. How old a position is, its `sampleTime` says. */
export type FollowState =
  | { readonly kind: 'CONNECTING' }
  /** Positions come as they are measured. */
  | { readonly kind: 'LIVE'; readonly by: 'SOCKET' | 'STREAM' }
  /** The connection was lost at that time, by this device's clock, and is being made again. */
  | { readonly kind: 'LAST_SEEN'; readonly since: Date }

/** What changed since the news before: the newest position of each bus that moved, if any did. */
export type FollowNews = { readonly state: FollowState; readonly updates: readonly PositionUpdate[] }

/** How a topic is followed; all of it has a default. */
export type FollowOptions = {
  /** Ends the following. */
  readonly signal?: AbortSignal
  readonly format?: FollowFormat
  /** Where nodes are, instead of where the suite says. */
  readonly urls?: readonly string[]
  /** The longest first wait before another connection, 500 ms; it doubles with each that fails and is drawn at random. */
  readonly firstWaitMs?: number
  /** What no wait is longer than: 30 s. */
  readonly longestWaitMs?: number
  /** How long a stream is kept, where sockets do not get through, before a socket is tried again: 60 s. */
  readonly streamMs?: number
}

/** How it ended; with the refusal, until that is told. */
type Ended = { readonly err?: ConnectError }

const defaults = { format: 'protobuf', firstWaitMs: 500, longestWaitMs: 30_000, streamMs: 60_000 } as const

/**
 * Follows buses over broken connections until it is closed, or the caller may follow them no more.
 *
 * One reader iterates it, at its own pace: what it is given next is the newest of all. It ends when `close` is called, the
 * signal says so, the loop is left, or the ticket is given back; it throws when it is refused from the beginning.
 */
export class Follower implements AsyncIterableIterator<FollowNews, undefined> {
  readonly #tms: FollowClient
  readonly #topic: FollowTopic
  readonly #options: FollowOptions & typeof defaults
  readonly #closing = new AbortController()
  readonly #newest = new Newest()
  #state: FollowState = { kind: 'CONNECTING' }
  #wasLive = false
  #urls: readonly string[] | undefined
  #isNews = true
  #ended: Ended | undefined
  #wake: () => void = () => undefined

  constructor(tms: FollowClient, topic: FollowTopic, options: FollowOptions = {}) {
    this.#tms = tms
    this.#topic = topic
    this.#options = { ...defaults, ...options } as FollowOptions & typeof defaults
    const close = () => this.close()
    options.signal?.addEventListener('abort', close)
    if (options.signal?.aborted === true) close()
    void this.#run()
      .then(
        () => this.#end({}),
        (err: unknown) => this.#end({ err: ConnectError.from(err) }),
      )
      .finally(() => options.signal?.removeEventListener('abort', close))
  }

  /** How the connection stands now. */
  get state(): FollowState {
    return this.#state
  }

  /** The newest position of every bus that was seen, by the bus's id. */
  get positions(): ReadonlyMap<string, PositionUpdate> {
    return this.#newest.all
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Waits for what is new. @throws {ConnectError} once, when it was refused */
  async next(): Promise<IteratorResult<FollowNews, undefined>> {
    while (!this.#isNews && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#ended) {
      const { err } = this.#ended
      this.#ended = {}
      if (err !== undefined) throw err
      return { done: true, value: undefined }
    }
    this.#isNews = false
    return { done: false, value: { state: this.#state, updates: this.#newest.take() } }
  }

  return(): Promise<IteratorResult<FollowNews, undefined>> {
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Ends the following, and its connection. */
  close(): void {
    this.#closing.abort()
    this.#end({})
  }

  async #run(): Promise<void> {
    const { firstWaitMs, longestWaitMs } = this.#options
    for (let failures = 0; !this.#closing.signal.aborted;) {
      const startedAt = performance.now()
      const end = await this.#connect().catch((err: unknown) => this.#afterRefusal(err))
      if (end.kind === 'OVER') return
      if (this.#state.kind === 'LIVE') this.#become({ kind: 'LAST_SEEN', since: new Date() })
      // A node that takes everybody in and drops them is not to be asked ever so often.
      failures = end.wasLive && performance.now() - startedAt > longestWaitMs ? 0 : failures + 1
      const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 20))
      // At random, so that clients that lost the same node do not come back together.
      await wait(end.reconnectAfterMs ?? Math.random() * longest, this.#closing.signal)
    }
  }

  /** One connection, from its beginning to its end; by a stream when no socket gets through. */
  async #connect(): Promise<LinkEnd> {
    const token = await this.#tms.session.token()
    if (token === undefined) throw signInRefused('TOKEN_MISSING')
    const end = await this.#bySocket(token)
    if (end.kind === 'OVER' || end.wasLive || this.#topic.kind !== 'trip') return end
    return followByStream({
      ...this.#events('STREAM'),
      tracking: this.#tms.client(TrackingService),
      tripId: this.#topic.id,
      forMs: this.#options.streamMs,
      renew: (refusal) => this.#renew(refusal),
      signal: this.#closing.signal,
    })
  }

  /** Tries the nodes in any order until one shows the topic. */
  async #bySocket(token: string): Promise<LinkEnd> {
    const shared = {
      ...this.#events('SOCKET'),
      topic: this.#topic,
      format: this.#options.format,
      token,
      onToken: (listener: (token: string | undefined) => void) =>
        this.#tms.session.onToken(() => {
          this.#tms.session.token().then(listener, () => undefined)
        }),
      renew: (refusal: unknown) => this.#renew(refusal),
      signal: this.#closing.signal,
    }
    for (const url of inAnyOrder(await this.#nodes())) {
      const end = await followBySocket({ ...shared, url })
      if (end.kind === 'OVER' || end.wasLive) return end
    }
    this.#urls = undefined // the suite may know of others by now
    return { kind: 'LOST', wasLive: false }
  }

  async #nodes(): Promise<readonly string[]> {
    if (!('WebSocket' in globalThis)) return []
    this.#urls ??= this.#options.urls ?? (await this.#tms.client(TrackingService).getLiveEndpoint({})).urls
    return this.#urls
  }

  #events(by: 'SOCKET' | 'STREAM'): LinkEvents {
    return {
      onLive: () => {
        this.#wasLive = true
        this.#become({ kind: 'LIVE', by })
      },
      onUpdates: (updates) => {
        if (this.#newest.offer(updates)) this.#tell()
      },
    }
  }

  /** After a refusal: whether the session goes on, or may, as nobody can be asked just now. */
  async #renew(refusal: unknown): Promise<boolean> {
    const { session } = this.#tms
    if (await session.renewAfter(refusal)) return true
    const mayGoOn = ['TOKEN_EXPIRED', 'SESSION_REVOKED'].includes(reasonOf(refusal) ?? '')
    return mayGoOn && (await session.token().catch(() => '')) !== undefined
  }

  /** What was allowed once and is no more, ended; what never was is the caller's to hear. */
  #afterRefusal(err: unknown): LinkEnd {
    if (!(err instanceof ConnectError)) throw err
    if (isPassing(err)) return { kind: 'LOST', wasLive: false }
    const { code } = err
    if (this.#wasLive && (code === Code.NotFound || code === Code.PermissionDenied)) return { kind: 'OVER' }
    throw err
  }

  #become(state: FollowState): void {
    this.#state = state
    this.#tell()
  }

  #tell(): void {
    this.#isNews = true
    this.#wake()
  }

  #end(ended: Ended): void {
    this.#ended ??= ended
    this.#wake()
  }
}

function inAnyOrder(urls: readonly string[]): string[] {
  const drawn = urls.map((url) => ({ url, at: Math.random() }))
  return drawn.sort((a, b) => a.at - b.at).map(({ url }) => url)
}
