import { Redis } from 'ioredis'
import { type Bus, openBus } from '../events/bus.ts'
import { UserError } from '../user_error.ts'

/** The servers that a host works with. */
export type InfraUrls = { readonly databaseUrl: string; readonly redisUrl: string; readonly natsUrl: string }

/** Open connections that all services of a process share. */
export type Infra = InfraUrls & { readonly redis: Redis; readonly bus: Bus; close(): Promise<void> }

/**
 * Connects to Redis and NATS; the databases are each service's own.
 *
 * @throws {UserError} when a server does not answer
 */
export async function openInfra(urls: InfraUrls, namespace: string): Promise<Infra> {
  const redis = openRedis(urls.redisUrl)
  await redis.connect().catch(() => {
    redis.disconnect()
    throw new UserError('Redis does not answer at REDIS_URL: start it, or unset the variable to use our own.')
  })
  const bus = await openBus(urls.natsUrl, namespace).catch((err: unknown) => {
    redis.disconnect()
    throw err
  })
  const close = async () => {
    await bus.close()
    redis.disconnect()
  }
  return { ...urls, redis, bus, close }
}

function openRedis(redisUrl: string): Redis {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    enableAutoPipelining: true,
    // Redis is never the judge: when it is away, calls fail at once and go on without it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  redis.on('error', () => undefined)
  return redis
}
