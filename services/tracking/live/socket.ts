import type { WebSocket } from 'uWebSockets.js'
import type { Session } from '#kit'
import { CloseCode } from '#gen/tms/tracking/v1/live_pb.ts'
import type { Spending } from './domain/budget.ts'
import type { Topic } from './domain/topic.ts'
import type { Feed } from './feeds.ts'
import { type Format, type Said, serverFrame } from './frames.ts'
import { socketsClosed } from './metrics.ts'
import type { Reporting } from './reporting.ts'

/** Who signed in on a socket. */
export type SignedIn = { readonly token: string; readonly session: Session }

/** A topic that a socket follows, and what it is given for it. */
export type Subscription = { readonly topic: Topic; feeds: readonly Feed[] }

/** What `send` of the library answers when the message was not taken. */
const DROPPED = 2

/** A close frame has room for 123 bytes of reason. */
const MAX_REASON_BYTES = 123

const names = new Map(Object.entries(CloseCode).map(([name, code]) => [code as number, name]))

/** What the library holds for each of its sockets: it copies the properties of what it is given. */
export type Held = { readonly socket: LiveSocket }

/** One client's connection. */
export class LiveSocket {
  readonly format: Format
  readonly address: string
  readonly spending: Spending
  readonly subscriptions = new Map<string, Subscription>()
  /** Unset before the first SignIn was believed. */
  signedIn: SignedIn | undefined
  /** What the socket is counted under, once it is known who it is. */
  account: string | undefined
  /** What it reports, when it does. */
  reporting: Reporting | undefined
  /** Closes the socket unless somebody signs in. */
  signInTimer: NodeJS.Timeout | undefined
  /** When the socket reads too slowly: the order of the last position that it was surely sent. */
  behindSince: number | undefined
  /** Frames that came and were not answered yet; they are, one after the other. */
  waiting = 0
  work: Promise<void> = Promise.resolve()
  #ws: WebSocket<Held> | undefined

  constructor(format: Format, address: string, spending: Spending) {
    this.format = format
    this.address = address
    this.spending = spending
  }

  /** The library's socket; undefined once it is closed, when it must not be touched. */
  get ws(): WebSocket<Held> | undefined {
    return this.#ws
  }

  opened(ws: WebSocket<Held>): void {
    this.#ws = ws
  }

  closed(): void {
    this.#ws = undefined
    clearTimeout(this.signInTimer)
    this.reporting?.end()
  }

  /** The feeds of all topics, each once. */
  feeds(): Map<string, Feed> {
    return new Map([...this.subscriptions.values()].flatMap(({ feeds }) => feeds.map((feed) => [feed.name, feed])))
  }

  /** Answers a frame, or says something by itself under 0. A client that asks and does not read is closed. */
  say(request: number, said: Said): void {
    const sent = this.#ws?.send(this.format.write(serverFrame(request, said)), this.format.isBinary)
    if (sent === DROPPED) this.close(CloseCode.NOT_READING, 'answers are asked for and not read')
  }

  /** Closes with a code, and the code's name and a sentence as the reason. */
  close(code: CloseCode, sentence: string): void {
    const ws = this.#ws
    if (!ws) return
    const name = (names.get(code) ?? 'UNSPECIFIED').replace('CLOSE_CODE_', '')
    socketsClosed.labels(name).inc()
    this.closed()
    ws.end(code, Buffer.from(`${name}: ${sentence}`).subarray(0, MAX_REASON_BYTES))
  }
}

/** A name that the library routes by: sockets of one format share the bytes. */
export function channelFor({ name }: Format, feed: string): string {
  return `${name} ${feed}`
}
