import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localBuckets, type Buckets } from './bucket.ts'
import { leasing } from './leases.ts'

const size = { burst: 40, perSecond: 20 }

/** A clock to be moved by hand, in milliseconds. */
function handClock() {
  const clock = { ms: 1_000 }
  return { now: () => clock.ms, pass: (ms: number) => (clock.ms += ms) }
}

describe('a bucket', () => {
  test('gives its burst at once, then as it fills', async () => {
    const clock = handClock()
    const take = localBuckets(clock.now)
    expect(await take('a', size, 50)).toEqual({ granted: 40, left: 0, waitMs: 0 })
    expect(await take('a', size, 1)).toEqual({ granted: 0, left: 0, waitMs: 50 })
    expect((await take('b', size, 1)).granted).toBe(1)
    clock.pass(50)
    expect((await take('a', size, 5)).granted).toBe(1)
    clock.pass(1_000_000)
    expect(await take('a', size, 1)).toEqual({ granted: 1, left: 39, waitMs: 0 })
  })

  test('never gives more than burst and rate allow, however it is asked', async () => {
    const asks = fc.array(fc.record({ wait: fc.nat(500), wanted: fc.integer({ min: 1, max: 30 }) }), { maxLength: 50 })
    await fc.assert(
      fc.asyncProperty(asks, async (all) => {
        const clock = handClock()
        const take = localBuckets(clock.now)
        let given = 0
        let passed = 0
        for (const { wait, wanted } of all) {
          clock.pass(wait)
          passed += wait
          given += (await take('a', size, wanted)).granted
          expect(given).toBeLessThanOrEqual(size.burst + (passed / 1000) * size.perSecond)
        }
      }),
    )
  })
})

describe('leases', () => {
  function counted(buckets: Buckets) {
    const asked: number[] = []
    const counting: Buckets = (key, bucket, wanted) => {
      asked.push(wanted)
      return buckets(key, bucket, wanted)
    }
    return { asked, counting }
  }

  test('a busy caller asks the bucket ever less often, and is never let in more often than the bucket says', async () => {
    const clock = handClock()
    const { asked, counting } = counted(localBuckets(clock.now))
    const take = leasing(counting, clock.now)
    const big = { burst: 400, perSecond: 20 }
    let allowed = 0
    for (let call = 0; call < 500; call++) if ((await take('a', big)).allowed) allowed += 1
    expect(allowed).toBe(400)
    expect(asked.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 20])
    expect(asked.length).toBeLessThan(30)
  })

  test('a small budget is counted to the call', async () => {
    const clock = handClock()
    const take = leasing(localBuckets(clock.now), clock.now)
    const small = { burst: 3, perSecond: 0.5 }
    const verdicts = []
    for (let call = 0; call < 5; call++) verdicts.push(await take('a', small))
    expect(verdicts.map((verdict) => verdict.allowed)).toEqual([true, true, true, false, false])
    expect(verdicts[4]?.waitMs).toBe(2_000)
    clock.pass(2_000)
    expect((await take('a', small)).allowed).toBe(true)
  })

  test('a flood of refusals asks the bucket once', async () => {
    const clock = handClock()
    const { asked, counting } = counted(localBuckets(clock.now))
    const take = leasing(counting, clock.now)
    for (let call = 0; call < 100; call++) await take('a', { burst: 1, perSecond: 1 })
    expect(asked).toHaveLength(2)
  })

  test('a quiet caller forfeits at most as much as it uses', async () => {
    const clock = handClock()
    const take = leasing(localBuckets(clock.now), clock.now)
    let allowed = 0
    // Ten calls a second of twenty that are allowed, for a minute.
    for (let call = 0; call < 600; call++) {
      if ((await take('a', { burst: 400, perSecond: 20 })).allowed) allowed += 1
      clock.pass(100)
    }
    expect(allowed).toBe(600)
  })

  test('calls that come together wait for one answer', async () => {
    const clock = handClock()
    const { asked, counting } = counted(localBuckets(clock.now))
    const take = leasing(counting, clock.now)
    const calls = Array.from({ length: 30 }, () => Promise.resolve(take('a', { burst: 400, perSecond: 20 })))
    const verdicts = await Promise.all(calls)
    expect(verdicts.every((verdict) => verdict.allowed)).toBe(true)
    expect(asked.length).toBeLessThan(8)
  })

  test('a bucket that cannot be asked fails the call, and is asked again by the next', async () => {
    let down = true
    const buckets = localBuckets()
    const take = leasing((...args) => (down ? Promise.reject(new Error('away')) : buckets(...args)))
    await expect(take('a', size)).rejects.toThrow('away')
    down = false
    expect((await take('a', size)).allowed).toBe(true)
  })
})
