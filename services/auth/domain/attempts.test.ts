import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Attempts, delaySeconds, takeAttempt } from './attempts.ts'

const policy = { freeAttempts: 5, firstDelaySeconds: 30, longestDelaySeconds: 900, forgetOneAfterSeconds: 3_600 }
const start = new Date('2026-11-20T08:00:00Z')
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000)

test.each([
  [1, 0],
  [4, 0],
  [5, 30],
  [6, 60],
  [7, 120],
  [9, 480],
  [10, 900],
  [1_000, 900],
])('after %i failures the wait is %i s [S2-21]', (failures, seconds) => {
  expect(delaySeconds(failures, policy)).toBe(seconds)
})

test('the sixth attempt in a row has to wait, and is let in when it did [S2-21]', () => {
  let known: Attempts | undefined
  for (let i = 0; i < 5; i++) {
    const taken = takeAttempt(known, policy, after(i))
    if (!taken.allowed) throw new Error('refused too early')
    known = taken.attempts
  }
  expect(takeAttempt(known, policy, after(10))).toEqual({ allowed: false, retryAfterMs: 24_000 })
  expect(takeAttempt(known, policy, after(34))).toMatchObject({ allowed: true, attempts: { failures: 6 } })
})

test('an hour makes good one failure, a day of quiet all of them', () => {
  const known = { failures: 12, forgetFromTime: start, nextTime: after(900) }
  expect(takeAttempt(known, policy, after(3_600))).toMatchObject({ attempts: { failures: 12 } })
  expect(takeAttempt(known, policy, after(7_200 + 1_800))).toMatchObject({
    attempts: { failures: 11, forgetFromTime: after(7_200) },
  })
  expect(takeAttempt(known, policy, after(86_400))).toMatchObject({ attempts: { failures: 1 } })
})

test('two typing errors a minute, all day, never slow down an address that thousands share', () => {
  const shared = { ...policy, freeAttempts: 50, forgetOneAfterSeconds: 30 }
  let known: Attempts | undefined
  for (let second = 0; second < 86_400; second += 30) {
    const taken = takeAttempt(known, shared, after(second))
    if (!taken.allowed) throw new Error('slowed down')
    known = taken.attempts
  }
  expect(known?.failures).toBeLessThan(50)
})

test('the wait never shrinks with another failure and never passes the longest', () => {
  fc.assert(
    fc.property(fc.nat(5_000), (failures) => {
      const wait = delaySeconds(failures, policy)
      expect(delaySeconds(failures + 1, policy)).toBeGreaterThanOrEqual(wait)
      expect(wait).toBeLessThanOrEqual(policy.longestDelaySeconds)
    }),
  )
})

test('however guesses are spread over an hour, fewer than a dozen get through', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_600 }), { maxLength: 400 }), (moments) => {
      let known: Attempts | undefined
      let letIn = 0
      for (const moment of moments.toSorted((a, b) => a - b)) {
        const taken = takeAttempt(known, policy, after(moment))
        if (!taken.allowed) continue
        known = taken.attempts
        letIn++
      }
      expect(letIn).toBeLessThan(13)
    }),
  )
})
