import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Redis } from 'ioredis'
import type { Clock, Logger } from '#kit'
import type { PositionUpdate } from '#gen/tms/tracking/v1/position_pb.ts'
import { type Kept, NewestTable } from './domain/newest.ts'
import { type Topic, topicText } from './domain/topic.ts'
import { updatesOf } from './frames.ts'
import { openSubscriber, type Subscriber } from './subscriber.ts'

/** Positions that came together; `bytes` is the batch as it came, unless some of it was overtaken. */
export type Batch = { readonly updates: readonly PositionUpdate[]; readonly bytes: Uint8Array | undefined }

/** One topic, as long as somebody on this node follows it. */
export type Feed = {
  readonly name: string
  /** Every bus of the feed, as far as it was heard of within the last minute. */
  newest(): PositionUpdate[]
  /** The newest of each bus that became known after `order`, in order. */
  after(order: number): Kept<PositionUpdate>[]
  /** The listener hears no more; the last one ends the feed. */
  leave(): void
}

/** What the feeds need. */
export type FeedParts = {
  readonly redis: Redis
  readonly redisPrefix: string
  readonly clock: Clock
  readonly log: Logger
  /** The newest positions of a topic, as ingest left them in Redis. */
  readonly readNewest: (topic: Topic) => Promise<readonly PositionUpdate[]>
}

/** The positions that ingest publishes on Redis, once per process for all who follow them. */
export type Feeds = {
  /** Follows a topic; the present is known when this resolves, unless Redis is away. */
  follow(topic: Topic, listener: (batch: Batch) => void): Promise<Feed>
  /** The order of the newest position of all. */
  order(): number
  close(): void
}

/** A bus that was not heard of for so long is not shown: its place in Redis lives no longer either. */
const LIFE_MS = 60_000

type Channel = {
  readonly topic: Topic
  readonly newest: NewestTable<PositionUpdate>
  readonly listeners: Set<(batch: Batch) => void>
  readonly ready: Promise<void>
}

/** Opens a connection to Redis of its own: one that listens can do nothing else. */
export function openFeeds(parts: FeedParts): Feeds {
  const channels = new Map<string, Channel>()
  let order = 0
  const nextOrder = () => ++order

  const deliver = (channel: Channel, updates: readonly PositionUpdate[], bytes?: Uint8Array) => {
    const isWhole = !(channel.topic.kind === 'trip' && withoutTelematics(updates))
    const fresh = updates.filter((update) => keep(channel, update))
    if (fresh.length === 0) return
    const batch = { updates: fresh, bytes: isWhole && fresh.length === updates.length ? bytes : undefined }
    for (const listener of channel.listeners) listener(batch)
  }
  const refresh = async (channel: Channel) => {
    const found = await parts.readNewest(channel.topic).catch((err: unknown) => {
      parts.log.debug({ err }, 'the newest positions cannot be read now')
      return []
    })
    deliver(channel, found)
  }
  const subscriber: Subscriber = openSubscriber(parts, {
    onMessage: (name, bytes) => {
      const channel = channels.get(name)
      if (channel) deliver(channel, readable(parts.log, bytes), bytes)
    },
    // What was said while Redis was away nobody heard; the newest of it is read.
    onReady: () => {
      for (const channel of channels.values()) void refresh(channel)
    },
  })
  const forget = setInterval(() => {
    const before = parts.clock.now().getTime() - LIFE_MS
    for (const { newest } of channels.values()) newest.forgetBefore(before)
  }, LIFE_MS)
  forget.unref()

  const open = (name: string, topic: Topic): Channel => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const channel = {
      topic,
      newest: new NewestTable<PositionUpdate>(nextOrder),
      listeners: new Set<never>(),
      ready: promise,
    }
    channels.set(name, channel)
    // Listening comes first, so that nothing falls between what is read and what is heard.
    void subscriber
      .listen(name)
      .then(() => refresh(channel))
      .then(resolve)
    return channel
  }

  return {
    order: () => order,
    follow: async (topic, listener) => {
      const name = channelOf(topic, parts.redisPrefix)
      const channel = channels.get(name) ?? open(name, topic)
      channel.listeners.add(listener)
      await channel.ready
      return {
        name: topicText(topic),
        newest: () => channel.newest.since(parts.clock.now().getTime() - LIFE_MS),
        after: (since) => channel.newest.after(since),
        leave: () => {
          channel.listeners.delete(listener)
          if (channel.listeners.size > 0 || channels.get(name) !== channel) return
          channels.delete(name)
          subscriber.stopListening(name)
        },
      }
    },
    close: () => {
      clearInterval(forget)
      subscriber.close()
    },
  }
}

/** The Redis channel that ingest publishes a topic's positions on. */
export function channelOf({ kind, id }: Topic, redisPrefix: string): string {
  return `${redisPrefix}track:${kind}:${id}`
}

/** Takes away what is no passenger's business, and he follows trips; says whether there was any. */
function withoutTelematics(updates: readonly PositionUpdate[]): boolean {
  let found = false
  for (const { position } of updates) {
    if (position?.telematics === undefined) continue
    delete position.telematics
    found = true
  }
  return found
}

function keep(channel: Channel, update: PositionUpdate): boolean {
  const { position } = update
  if (!position?.sampleTime) return false
  return channel.newest.offer(position.busId, timestampMs(position.sampleTime), update)
}

function readable(log: Logger, bytes: Uint8Array): PositionUpdate[] {
  try {
    return updatesOf(bytes)
  } catch (err) {
    log.warn({ err }, 'what came by Redis is no batch of positions')
    return []
  }
}
