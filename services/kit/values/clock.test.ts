import { expect, test } from 'vitest'
import { durationMs, FakeClock, systemClock } from './index.ts'

test('a fake clock stands still until it is moved', () => {
  const clock = new FakeClock('2026-11-20T06:00:00Z')
  clock.now().setUTCFullYear(1970) // what it handed out is no handle on it
  expect(clock.now()).toEqual(new Date('2026-11-20T06:00:00Z'))
  clock.advance({ days: 1, hours: 1, minutes: 11, seconds: 5, milliseconds: 7 })
  expect(clock.now()).toEqual(new Date('2026-11-21T07:11:05.007Z'))
  clock.advance({ minutes: -11 })
  clock.set(new Date('2026-01-01T00:00:00Z'))
  expect(clock.now()).toEqual(new Date('2026-01-01T00:00:00Z'))
})

test('a clock cannot be set to what is no instant', () => {
  expect(() => new FakeClock('soon')).toThrow('"soon" is not an instant')
})

test('the system clock goes forward', () => {
  const before = Date.now()
  expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before)
})

test('a length of time adds up its parts', () => {
  expect(durationMs({})).toBe(0)
  expect(durationMs({ minutes: 1.5 })).toBe(90_000)
})
