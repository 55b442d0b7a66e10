import { expect, test } from 'vitest'
import { sixDigits, waitForCodeMs, whyDead } from './code.ts'

const policy = { lifeSeconds: 300, maxAttempts: 5, resendAfterSeconds: 60, maxPerHour: 5 }
const now = new Date('2026-11-20T08:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

test.each([
  ['the first code goes out', [], 0],
  ['a second one waits for its minute', [20], 40_000],
  ['and goes out after it', [60], 0],
  ['the sixth within an hour waits for the first to be an hour old', [61, 400, 900, 1_800, 3_000], 600_000],
  ['the later of two waits counts', [10, 400, 900, 1_800, 3_590], 50_000],
])('%s [S3-136]', (_rule, secondsAgo, waitMs) => {
  expect(waitForCodeMs(secondsAgo.map(ago), policy, now)).toBe(waitMs)
})

test.each([
  ['never asked for', undefined, 'EXPIRED'],
  ['ran out', { attempts: 0, useTime: null, expireTime: now }, 'EXPIRED'],
  ['used before', { attempts: 1, useTime: ago(5), expireTime: ago(-200) }, 'EXPIRED'],
  ['guessed at five times', { attempts: 5, useTime: null, expireTime: ago(-200) }, 'EXHAUSTED'],
  ['guessed at, and ran out since', { attempts: 5, useTime: null, expireTime: ago(1) }, 'EXPIRED'],
] as const)('a code that was %s is %s', (_case, code, why) => {
  expect(whyDead(code, policy, now)).toBe(why)
})

test.each([
  [0, '000000'],
  [42, '000042'],
  [999_999, '999999'],
])('%i is the code %s', (number, text) => {
  expect(sixDigits(number)).toBe(text)
})
