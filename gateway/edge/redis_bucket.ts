import type { Redis } from 'ioredis'
import type { Buckets, Grant } from './bucket.ts'

/**
 * Refills a bucket by the time that passed, takes what is there of what is wanted, and says how long to wait if it was
 * nothing. One script, so that two gateways never hand out the same call; the time is that of Redis, which they share.
 */
const script = `
local burst, per_second, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(state[1]) or burst
local passed = math.max(0, now - (tonumber(state[2]) or now))
tokens = math.min(burst, tokens + passed * per_second)
local granted = math.min(wanted, math.floor(tokens))
local wait = granted > 0 and 0 or math.ceil((1 - tokens) / per_second * 1000)
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / per_second * 1000) + 1000)
return { granted, math.floor(tokens), wait }
`

/** A limit must not become an outage: what Redis has not said by then is decided here. */
const patienceMs = 200

type WithScript = Redis & {
  gatewayTake(key: string, burst: number, perSecond: number, wanted: number): Promise<[number, number, number]>
}

/**
 * Buckets in Redis, one set for all gateways. While Redis is away or slow, `fallback` decides.
 *
 * @param prefix parts the keys of suites that share a Redis.
 * @param onFallback told each time that Redis did not decide.
 */
export function redisBuckets(redis: Redis, prefix: string, fallback: Buckets, onFallback: () => void): Buckets {
  redis.defineCommand('gatewayTake', { numberOfKeys: 1, lua: script })
  const scripted = redis as WithScript
  return async (key, size, wanted) => {
    try {
      // Commands queue up while the connection is away: a limit that answers after the call is none.
      if (redis.status !== 'ready') throw new Error('Redis is away')
      const reply = await within(
        patienceMs,
        scripted.gatewayTake(`${prefix}gateway:rate:${key}`, size.burst, size.perSecond, wanted),
      )
      const [granted, left, waitMs] = reply
      return { granted, left, waitMs } satisfies Grant
    } catch {
      onFallback()
      return fallback(key, size, wanted)
    }
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`))
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
