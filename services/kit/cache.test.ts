import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { redisCache } from './cache.ts'
import { cacheMemory } from './cache_memory.ts'
import { createLogger } from './telemetry/log.ts'

const log = createLogger('silent')
const options = { commandTimeout: 5_000, maxRetriesPerRequest: 0 }
const redis = new Redis(inject('REDIS_URL'), options)
const prefix = `${randomUUID()}:`

afterAll(async () => {
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(...keys)
  redis.disconnect()
})

/** As many processes of one service. */
const processes = (count: number, from = redis) =>
  Array.from({ length: count }, () => redisCache(from, prefix, 'probe', log))

/** Loads a new number each time. */
function counting() {
  let loads = 0
  return () => Promise.resolve({ number: ++loads })
}

describe('what is kept', () => {
  test('is loaded once for all processes, and remembered by each that asked', async () => {
    const [one, other] = processes(2)
    const load = counting()
    for (const cache of [one!, one!, other!, other!]) expect(await cache.through('a', 60, load)).toEqual({ number: 1 })
    // The very value: it was not read again.
    expect(await other!.get('a')).toBe(await other!.get('a'))
  })

  test('is gone for every process as soon as one deletes it, Redis is flushed, or its time is over', async () => {
    const [one, other] = processes(2)
    const load = counting()
    const both = async () => [await one!.through('b', 60, load), await other!.through('b', 60, load)]
    expect(await both()).toEqual([{ number: 1 }, { number: 1 }])
    await both()
    await other!.delete('b')
    expect(await both()).toEqual([{ number: 2 }, { number: 2 }])
    await redis.del(...(await redis.keys(`${prefix}*`)))
    expect(await both()).toEqual([{ number: 3 }, { number: 3 }])
    await both()
    await redis.pexpire(`${prefix}probe:cache:b`, 1)
    await expect.poll(both, { timeout: 10_000 }).toEqual([{ number: 4 }, { number: 4 }])
  })

  test('is replaced for every process as soon as one sets it', async () => {
    const [one, other] = processes(2)
    await one!.set('c', ['old'], 60)
    expect([await one!.get('c'), await other!.get('c')]).toEqual([['old'], ['old']])
    await one!.set('c', ['new'], 60)
    expect([await one!.get('c'), await other!.get('c')]).toEqual([['new'], ['new']])
  })

  test('is loaded once when many ask at once, and a failure is not kept', async () => {
    const [cache] = processes(1)
    const load = counting()
    const all = await Promise.all(Array.from({ length: 50 }, () => cache!.through('d', 60, load)))
    expect(new Set(all.map(({ number }) => number))).toEqual(new Set([1]))
    const failing = () => Promise.reject(new Error('no database'))
    const failed = await Promise.allSettled([cache!.through('e', 60, failing), cache!.through('e', 60, failing)])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await cache!.through('e', 60, load)).toEqual({ number: 2 })
  })

  test('is loaded each time while Redis is away, never remembered past what Redis says', async () => {
    const away = new Redis(inject('REDIS_URL'), { ...options, enableOfflineQueue: false })
    const [cache] = processes(1, away)
    const load = counting()
    await expect.poll(() => away.status).toBe('ready')
    await cache!.through('f', 60, load)
    expect(await cache!.through('f', 60, load)).toEqual({ number: 1 })
    away.disconnect()
    expect(await cache!.through('f', 60, load)).toEqual({ number: 2 })
    expect(await cache!.through('f', 60, load)).toEqual({ number: 3 })
  })
})

test('what one process remembers is bounded: what was not asked for the longest makes room', () => {
  const memory = cacheMemory(100)
  const value = JSON.stringify('x'.repeat(30))
  for (const key of ['a', 'b', 'c']) memory.keep(key, 'mark', value)
  memory.get('a')
  memory.keep('d', 'mark', value)
  expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key) !== undefined)).toEqual([true, false, true, true])
  memory.keep('e', 'mark', JSON.stringify('x'.repeat(500)))
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => memory.get(key) !== undefined)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
