import type { Redis } from 'ioredis'
import type { Logger } from '#kit'

/** What a listening connection tells. */
export type SubscriberEvents = {
  readonly onMessage: (channel: string, bytes: Uint8Array) => void
  /** The connection stands, for the first time or again, and listens to all that was asked for. */
  readonly onReady: () => void
}

/** A connection that listens to channels, over losses of Redis. */
export type Subscriber = {
  /** Resolves when messages of the channel are heard, or when Redis is away: then it listens as soon as it is back. */
  listen(channel: string): Promise<void>
  stopListening(channel: string): void
  close(): void
}

/** A server that hangs without closing the connection is noticed by a ping without an answer. */
const PING_MS = 2_000

/** Listens by a connection like the process's own. */
export function openSubscriber(
  { redis, redisPrefix, log }: { readonly redis: Redis; readonly redisPrefix: string; readonly log: Logger },
  { onMessage, onReady }: SubscriberEvents,
): Subscriber {
  const wanted = new Set<string>()
  // Which channels are wanted is known here, also those that were asked for while the connection was down.
  const connection = redis.duplicate({
    autoResubscribe: false,
    lazyConnect: true,
    connectionName: `live:${redisPrefix}`,
  })
  const quiet = (err: unknown) => log.debug({ err }, 'Redis does not answer; listening again when it does')
  connection.on('error', quiet)
  connection.on('messageBuffer', (channel: Buffer, bytes: Buffer) => onMessage(channel.toString('latin1'), bytes))
  connection.on('ready', () => {
    const listening = wanted.size === 0 ? Promise.resolve() : connection.subscribe(...wanted)
    listening.then(onReady, quiet)
  })
  const connected = connection.connect().catch(quiet)
  const pings = setInterval(() => {
    if (connection.status === 'ready') connection.ping().catch(() => connection.disconnect(true))
  }, PING_MS)
  pings.unref()

  return {
    listen: async (channel) => {
      wanted.add(channel)
      await connected
      if (connection.status === 'ready') await connection.subscribe(channel).catch(quiet)
    },
    stopListening: (channel) => {
      wanted.delete(channel)
      if (connection.status === 'ready') connection.unsubscribe(channel).catch(quiet)
    },
    close: () => {
      clearInterval(pings)
      connection.disconnect()
    },
  }
}
