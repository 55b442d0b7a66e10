import type { TemplatedApp } from 'uWebSockets.js'
import type { PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'
import type { Kept } from './domain/newest.ts'
import { type Topic, topicText } from './domain/topic.ts'
import type { Batch, Feed, Feeds } from './feeds.ts'
import { formats, positionsFrame, wrapBatch } from './frames.ts'
import { socketsBehind } from './metrics.ts'
import { channelFor, type LiveSocket } from './socket.ts'

/** What a socket that fell behind is sent at once, at most. */
const CATCH_UP_UPDATES = 50

/** With so little left to be written a socket is taken to keep up again. */
const KEEPS_UP_BYTES = 4_096

/** Sends positions to sockets: the same bytes to all that keep up, the newest of each bus to those that do not. */
export class FanOut {
  readonly #app: TemplatedApp
  readonly #feeds: Feeds
  /** The order at the beginning of this turn of the event loop, and of the one before. */
  #turn = 0
  #turnBefore = 0
  #turnEnds = false

  constructor(app: TemplatedApp, feeds: Feeds) {
    this.#app = app
    this.#feeds = feeds
  }

  /** Follows a topic for one subscription of a socket. */
  join(topic: Topic): Promise<Feed> {
    const feed = topicText(topic)
    const shared = this.#joined.get(feed) ?? {
      users: 0,
      feed: this.#feeds.follow(topic, (batch) => this.#publish(feed, batch)),
    }
    this.#joined.set(feed, shared)
    shared.users += 1
    return shared.feed
  }

  readonly #joined = new Map<string, { users: number; readonly feed: Promise<Feed> }>()

  /** Ends one {@link join}. */
  leave(feed: Feed): void {
    const shared = this.#joined.get(feed.name)
    if (!shared || --shared.users > 0) return
    this.#joined.delete(feed.name)
    feed.leave()
  }

  /** Sends what comes from now on. */
  attach(socket: LiveSocket, feed: Feed): void {
    if (socket.behindSince === undefined) socket.ws?.subscribe(channelFor(socket.format, feed.name))
  }

  /** Sends no more, unless another topic of the socket has the same feed. */
  detach(socket: LiveSocket, feed: Feed): void {
    if (!socket.feeds().has(feed.name)) socket.ws?.unsubscribe(channelFor(socket.format, feed.name))
  }

  /** A message was too much for a socket's buffer: what is in it is all that it gets until it has read that. */
  fallBehind(socket: LiveSocket): void {
    if (socket.behindSince !== undefined) return
    socketsBehind.inc()
    // Messages of this turn may have been given to the library together, and dropped together.
    socket.behindSince = this.#turnBefore
    // The library is going through its subscribers now, and does not take changes.
    setImmediate(() => {
      for (const name of socket.feeds().keys()) socket.ws?.unsubscribe(channelFor(socket.format, name))
      this.catchUp(socket)
    })
  }

  /** Sends a socket that fell behind as much of the newest as it takes; the rest when it has read that. */
  catchUp(socket: LiveSocket): void {
    const { ws, behindSince } = socket
    if (behindSince === undefined || !ws || ws.getBufferedAmount() > KEEPS_UP_BYTES) return
    const missed = [...socket.feeds().values()].flatMap((feed) =>
      feed.after(behindSince).map((kept) => ({ feed, kept })),
    )
    missed.sort((a, b) => a.kept.order - b.kept.order)
    let since = behindSince
    for (const part of parts(missed)) {
      if (ws.getBufferedAmount() > KEEPS_UP_BYTES) {
        socket.behindSince = since
        return
      }
      ws.send(socket.format.write(positionsFrame(part.feed, part.updates)), socket.format.isBinary)
      since = part.order
    }
    socket.behindSince = undefined
    for (const feed of socket.feeds().values()) this.attach(socket, feed)
  }

  #publish(feed: string, { updates, bytes }: Batch): void {
    for (const format of formats) {
      const channel = channelFor(format, feed)
      if (this.#app.numSubscribers(channel) === 0) continue
      const frame = bytes && format.isBinary ? wrapBatch(feed, bytes) : format.write(positionsFrame(feed, updates))
      this.#app.publish(channel, frame, format.isBinary)
    }
    this.#endTurn()
  }

  #endTurn(): void {
    if (this.#turnEnds) return
    this.#turnEnds = true
    setImmediate(() => {
      this.#turnEnds = false
      this.#turnBefore = this.#turn
      this.#turn = this.#feeds.order()
    })
  }
}

type Missed = { readonly feed: Feed; readonly kept: Kept<PositionUpdate> }
type Part = { readonly feed: string; readonly updates: PositionUpdate[]; order: number }

/** Frames for what was missed, in order: each of one feed, and none too long. */
function parts(missed: readonly Missed[]): Part[] {
  const all: Part[] = []
  for (const { feed, kept } of missed) {
    let last = all.at(-1)
    if (last?.feed !== feed.name || last.updates.length >= CATCH_UP_UPDATES) {
      last = { feed: feed.name, updates: [], order: 0 }
      all.push(last)
    }
    last.updates.push(kept.value)
    last.order = kept.order
  }
  return all
}
