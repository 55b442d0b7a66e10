import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { cacheMemory, type Remembered } from './cache_memory.ts'
import type { IdempotencyCache, StoredResult } from './db/once.ts'
import type { Logger } from './telemetry/log.ts'
import { cacheLookups } from './telemetry/metrics.ts'

/**
 * Answers kept in Redis for a while. A Redis that is down only makes things slower, never wrong.
 *
 * What a process has read it remembers, and asks Redis only whether it still counts: so an entry that expired, was deleted
 * or flushed is gone for every process at once. Values that come out are shared: whoever reads one never changes it.
 */
export interface Cache {
  /** The value under a key; undefined when there is none, or Redis does not answer. */
  get<T>(key: string): Promise<T | undefined>
  /** Keeps a JSON value for `ttlSeconds`. */
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>
  delete(...keys: string[]): Promise<void>
  /**
   * The value under a key, or what `load` answers, which is kept then: for so long as it is worth, and not at all for 0.
   *
   * Calls of this process that come for one key while it is loaded get what the first one loads.
   */
  through<T>(key: string, ttlSeconds: Worth<T>, load: () => Promise<T>): Promise<T>
}

/** How many seconds a value is kept, always or as it turns out. */
export type Worth<T> = number | ((value: T) => Promise<number>)

/** In front of each entry stands text that no other entry ever had. */
const MARK_BYTES = 9
const MARK_LENGTH = (MARK_BYTES / 3) * 4

/** The cache of one service: its keys begin with `<namespace><service>:cache:`. */
export function redisCache(redis: Redis, prefix: string, service: string, log: Logger): Cache {
  const memory = cacheMemory()
  const loading = new Map<string, Promise<unknown>>()
  const full = (key: string) => `${prefix}${service}:cache:${key}`
  const warn = (err: unknown) => {
    log.debug({ err }, 'Redis does not answer; going on without the cache')
    return undefined
  }
  const find = async (key: string): Promise<Remembered | undefined> => {
    const remembered = memory.get(key)
    if (remembered) {
      const mark = await redis.getrange(full(key), 0, MARK_LENGTH - 1).catch(warn)
      if (mark === remembered.mark) return remembered
      memory.forget(key)
      // Gone, or Redis does not answer; anything else is a newer entry.
      if (!mark) return undefined
    }
    const text = await redis.get(full(key)).catch(warn)
    return typeof text === 'string' ? memory.keep(key, text.slice(0, MARK_LENGTH), text.slice(MARK_LENGTH)) : undefined
  }
  const cache: Cache = {
    get: async <T>(key: string) => {
      const found = await find(key)
      cacheLookups.labels(service, found ? 'hit' : 'miss').inc()
      return found?.value as T | undefined
    },
    set: async (key, value, ttlSeconds) => {
      const mark = randomBytes(MARK_BYTES).toString('base64url')
      await redis.set(full(key), mark + JSON.stringify(value), 'EX', ttlSeconds).catch(warn)
    },
    delete: async (...keys) => {
      if (keys.length > 0) await redis.del(...keys.map(full)).catch(warn)
    },
    through: async <T>(key: string, ttlSeconds: Worth<T>, load: () => Promise<T>) => {
      const kept = await cache.get<T>(key)
      if (kept !== undefined) return kept
      const running = loading.get(key) as Promise<T> | undefined
      if (running) return running
      const loaded = load().then(async (value) => {
        const seconds = typeof ttlSeconds === 'number' ? ttlSeconds : await ttlSeconds(value)
        if (seconds > 0) await cache.set(key, value, seconds)
        return value
      })
      loading.set(key, loaded)
      return loaded.finally(() => loading.delete(key))
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
