import type { Redis } from 'ioredis'
import type { Logger } from '#kit'

/** Tells all processes that something changed for the senders of a company: a message, an interval, a key. */
export type Orders = {
  announce(): Promise<void>
  close(): void
}

/** Listens for what other processes announce. Without Redis nobody hears; then senders are looked at by the clock. */
export function openOrders(
  { redis, redisPrefix, log }: { readonly redis: Redis; readonly redisPrefix: string; readonly log: Logger },
  onOrder: () => void,
): Orders {
  const channel = `${redisPrefix}tracking:orders`
  const quiet = (err: unknown) => log.debug({ err }, 'Redis does not answer; senders are told later')
  const listener = redis.duplicate({ lazyConnect: true })
  listener.on('error', quiet)
  listener.on('message', onOrder)
  listener.on('ready', () => void listener.subscribe(channel).catch(quiet))
  listener.connect().catch(quiet)
  return {
    announce: async () => {
      await redis.publish(channel, '').catch(quiet)
    },
    close: () => listener.disconnect(),
  }
}
