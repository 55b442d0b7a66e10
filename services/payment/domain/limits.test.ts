import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import { isWithin, limitsOf } from './limits.ts'
import { capDayOf, nextBatchTime } from './payout_time.ts'

describe('limits', () => {
  test.each([
    ['RWF', 50_000n, true],
    ['RWF', 50_001n, false],
    ['KES', 250_050n, true],
    ['USD', 1n, false],
  ] as const)('%s %s is within the limits: %s', (currency, minor, within) => {
    expect(isWithin(limitsOf(['RWF:50000', 'KES:2500.50']), money(currency, minor))).toBe(within)
  })

  test.each(['RWF', 'RWF:', 'RWF:-1', '50000', 'RWF:1.5', 'XXX:1'])('%s is no limit', (text) => {
    expect(() => limitsOf([text])).toThrow(RangeError)
  })
})

describe('payout days', () => {
  test('a day begins at midnight in East Africa', () => {
    expect(capDayOf(new Date('2026-11-20T20:59:59Z'))).toBe('2026-11-20')
    expect(capDayOf(new Date('2026-11-20T21:00:00Z'))).toBe('2026-11-21')
  })

  test.each([
    ['2026-11-20T06:00:00Z', '2026-11-20T07:00:00.000Z'],
    ['2026-11-20T07:00:00Z', '2026-11-20T13:30:00.000Z'],
    ['2026-11-20T14:00:00Z', '2026-11-21T07:00:00.000Z'],
  ])('after %s the next batch leaves at %s', (now, leaves) => {
    expect(nextBatchTime(new Date(now), ['16:30', '10:00']).toISOString()).toBe(leaves)
  })

  test('no time of day, or one that is none, is refused', () => {
    expect(() => nextBatchTime(new Date(0), [])).toThrow(RangeError)
    expect(() => nextBatchTime(new Date(0), ['24:00'])).toThrow(RangeError)
  })
})
