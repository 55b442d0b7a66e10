import { CloseCode, type ServerFrame } from '../../../../gen/tms/tracking/v1/live_pb.ts'
import { type FollowFormat, readFrame, subprotocolOf, writeFrame } from './frames.ts'
import type { LinkEnd, LinkEvents } from './link.ts'
import { type FollowTopic, signInRefused, topicRefused, topicText } from './topic.ts'

/** What a connection by socket needs. */
export type SocketParts = LinkEvents & {
  readonly url: string
  readonly topic: FollowTopic
  readonly format: FollowFormat
  readonly token: string
  /** Tells of newer tokens; of none when the session ended. */
  readonly onToken: (listener: (token: string | undefined) => void) => () => void
  /** After the session was refused: whether another try makes sense. */
  readonly renew: (refusal: unknown) => Promise<boolean>
  readonly signal: AbortSignal
}

/** A node that has not shown the topic by then is taken to be away. */
const openMs = 10_000

/** How often a node is asked whether it still hears; a third of its patience, as it says. */
const pingsInPatience = 3

/**
 * Follows a topic by one socket until that ends.
 *
 * @throws {ConnectError} when the node refuses the topic or the session
 */
export function followBySocket(parts: SocketParts): Promise<LinkEnd> {
  let socket: WebSocket
  try {
    socket = new WebSocket(parts.url, [subprotocolOf(parts.format)])
  } catch {
    return Promise.resolve({ kind: 'LOST', wasLive: false }) // a browser refuses what the page's policy forbids
  }
  return new SocketLink(parts, socket).ended
}

class SocketLink {
  readonly ended: Promise<LinkEnd>
  readonly #parts: SocketParts
  readonly #socket: WebSocket
  /** What is undone at the end: timers and listeners. */
  readonly #undo: (() => void)[] = []
  #settle!: { resolve: (end: LinkEnd | Promise<LinkEnd>) => void }
  #token: string
  #isLive = false
  #isOver = false
  /** When to connect again, on the clock of `performance.now`. */
  #reconnectAt: number | undefined
  #heardSincePing = true

  constructor(parts: SocketParts, socket: WebSocket) {
    this.#parts = parts
    this.#token = parts.token
    this.ended = new Promise((resolve) => (this.#settle = { resolve }))
    this.#socket = socket
    this.#socket.binaryType = 'arraybuffer'
    this.#socket.onopen = () => this.#say({ case: 'signIn', value: { token: this.#token } })
    this.#socket.onmessage = ({ data }) => this.#hear(data)
    this.#socket.onerror = () => this.#lose() // Node tells of a connection that was refused by this alone
    this.#socket.onclose = ({ code, reason }) => this.#closed(code, reason)
    this.#after(openMs, () => !this.#isLive && this.#lose())
    this.#undo.push(parts.onToken((token) => this.#goOnWith(token)))
    const stop = () => this.#end({ kind: 'OVER' })
    parts.signal.addEventListener('abort', stop)
    this.#undo.push(() => parts.signal.removeEventListener('abort', stop))
    if (parts.signal.aborted) stop()
  }

  #hear(data: unknown): void {
    this.#heardSincePing = true
    let frame: ServerFrame['frame']
    try {
      frame = readFrame(data)
    } catch {
      return this.#lose() // whatever speaks there is no node
    }
    switch (frame.case) {
      case 'signedIn':
        if (!this.#isLive) this.#begin(frame.value.idleTimeoutSeconds)
        return
      case 'subscribed':
        this.#isLive = true
        this.#parts.onUpdates(frame.value.newest)
        return this.#parts.onLive()
      case 'positions':
        return this.#parts.onUpdates(frame.value.updates)
      case 'subscriptionEnded':
        return this.#end({ kind: 'OVER' })
      case 'draining':
        return this.#leaveAfter(frame.value.reconnectAfterMs)
      default: // an answer to a ping, or what a newer node says
    }
  }

  #begin(idleTimeoutSeconds: number): void {
    this.#say({ case: 'subscribe', value: { topic: topicText(this.#parts.topic) } })
    // A browser does not tell of the pings of a node, and a phone that changed its network hears of no end.
    const timer = setInterval(() => this.#ping(), (idleTimeoutSeconds * 1_000) / pingsInPatience)
    this.#undo.push(() => clearInterval(timer))
  }

  #ping(): void {
    if (!this.#heardSincePing) return this.#lose()
    this.#heardSincePing = false
    this.#say({ case: 'ping', value: {} })
  }

  /** The session went on with another token, or ended. */
  #goOnWith(token: string | undefined): void {
    if (token === undefined) return this.#lose()
    if (token === this.#token) return
    this.#token = token
    this.#say({ case: 'signIn', value: { token } })
  }

  /** Positions go on until then; the next node shows at once where the bus is. */
  #leaveAfter(reconnectAfterMs: number): void {
    this.#reconnectAt = performance.now() + reconnectAfterMs
    this.#after(reconnectAfterMs, () => this.#lose())
  }

  #closed(code: number, reason: string): void {
    if (this.#isOver) return
    if (code === CloseCode.TOPIC_REFUSED) return this.#end(Promise.reject(topicRefused(this.#parts.topic)))
    if (code === CloseCode.SIGN_IN_REFUSED) return this.#end(this.#renewed(reason))
    this.#lose()
  }

  async #renewed(reason: string): Promise<LinkEnd> {
    // The node says `SIGN_IN_REFUSED: TOKEN_EXPIRED, a sentence`.
    const refusal = signInRefused(/: (\w+),/.exec(reason)?.[1] ?? 'TOKEN_INVALID')
    if (await this.#parts.renew(refusal)) return this.#lost()
    throw refusal
  }

  #lose(): void {
    this.#end(this.#lost())
  }

  #lost(): LinkEnd {
    const waitMs = this.#reconnectAt === undefined ? undefined : Math.max(0, this.#reconnectAt - performance.now())
    return { kind: 'LOST', wasLive: this.#isLive, ...(waitMs !== undefined && { reconnectAfterMs: waitMs }) }
  }

  #end(end: LinkEnd | Promise<LinkEnd>): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const undo of this.#undo) undo()
    this.#socket.onmessage = null
    this.#socket.close()
    this.#settle.resolve(end)
  }

  #say(frame: Parameters<typeof writeFrame>[1]): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(writeFrame(this.#parts.format, frame))
  }

  #after(ms: number, work: () => unknown): void {
    const timer = setTimeout(work, ms)
    this.#undo.push(() => clearTimeout(timer))
  }
}
