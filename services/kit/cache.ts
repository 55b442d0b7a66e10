import type { Redis } from 'ioredis'
import type { IdempotencyCache, StoredResult } from './db/once.ts'
import type { Logger } from './telemetry/log.ts'
import { cacheLookups } from './telemetry/metrics.ts'

/** Answers kept in Redis for a while. A Redis that is down only makes things slower, never wrong. */
export interface Cache {
  /** The value under a key; undefined when there is none, or Redis does not answer. */
  get<T>(key: string): Promise<T | undefined>
  /** Keeps a JSON value for `ttlSeconds`. */
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>
  delete(...keys: string[]): Promise<void>
  /** The value under a key, or what `load` answers, which is kept then. */
  through<T>(key: string, ttlSeconds: number, load: () => Promise<T>): Promise<T>
}

/** The cache of one service: its keys begin with `<namespace><service>:`. */
export function redisCache(redis: Redis, prefix: string, service: string, log: Logger): Cache {
  const full = (key: string) => `${prefix}${service}:${key}`
  const warn = (err: unknown) => {
    log.debug({ err }, 'Redis does not answer; going on without the cache')
    return undefined
  }
  const cache: Cache = {
    get: async <T>(key: string) => {
      const found = await redis.get(full(key)).catch(warn)
      const hit = typeof found === 'string'
      cacheLookups.labels(service, hit ? 'hit' : 'miss').inc()
      return hit ? (JSON.parse(found) as T) : undefined
    },
    set: async (key, value, ttlSeconds) => {
      await redis.set(full(key), JSON.stringify(value), 'EX', ttlSeconds).catch(warn)
    },
    delete: async (...keys) => {
      if (keys.length > 0) await redis.del(...keys.map(full)).catch(warn)
    },
    through: async (key, ttlSeconds, load) => {
      const kept = await cache.get<Awaited<ReturnType<typeof load>>>(key)
      if (kept !== undefined) return kept
      const loaded = await load()
      await cache.set(key, loaded, ttlSeconds)
      return loaded
    },
  }
  return cache
}

/** How long Redis repeats a first result; after that PostgreSQL does alone. */
const IDEMPOTENCY_TTL_SECONDS = 86_400
const FINGERPRINT_BYTES = 32

/** First results of idempotent calls, under `<namespace>idempotency:<service>:<method>:<caller>:<key>`. */
export function redisIdempotency(redis: Redis, prefix: string): IdempotencyCache {
  const full = (id: string) => `${prefix}idempotency:${id}`
  return {
    get: async (id) => {
      const found = await redis.getBuffer(full(id)).catch(() => null)
      return found === null ? undefined : split(found)
    },
    set: (id, { fingerprint, response }) => {
      const value = Buffer.concat([fingerprint, response])
      redis.set(full(id), value, 'EX', IDEMPOTENCY_TTL_SECONDS).catch(() => undefined)
    },
  }
}

function split(value: Buffer): StoredResult {
  return { fingerprint: value.subarray(0, FINGERPRINT_BYTES), response: value.subarray(FINGERPRINT_BYTES) }
}
