import { describe, expect, test } from 'vitest'
import { type BookingState, mayBecome, sourcesOf, stateAt } from './booking_state.ts'

const states: BookingState[] = ['HELD', 'CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELLED', 'OPEN']
const allowed = [
  ...['HELD CONFIRMED', 'HELD EXPIRED', 'HELD RELEASED', 'EXPIRED CONFIRMED'],
  ...['CONFIRMED CANCELLED', 'CONFIRMED OPEN', 'OPEN CANCELLED'],
]

describe('the life of a booking', () => {
  test('a booking takes these steps and no other', () => {
    const taken = states.flatMap((from) => states.filter((to) => mayBecome(from, to)).map((to) => `${from} ${to}`))
    expect(taken.sort()).toEqual(allowed.sort())
  })

  test('what may become CONFIRMED is what is held or came late', () => {
    expect(sourcesOf('CONFIRMED')).toEqual(['HELD', 'EXPIRED'])
  })

  test.each([
    ['HELD', '2026-11-20T08:00:00Z', 'HELD'],
    ['HELD', '2026-11-20T08:10:00Z', 'EXPIRED'],
    ['CONFIRMED', '2026-11-20T09:00:00Z', 'CONFIRMED'],
    ['OPEN', '2026-11-20T08:00:00Z', 'OPEN'],
    ['OPEN', '2026-11-20T08:10:00Z', 'EXPIRED'],
  ] as const)('a booking written as %s is told at %s as %s', (state, now, told) => {
    const over = new Date('2026-11-20T08:10:00Z')
    expect(stateAt({ state, holdExpireTime: over, open: { expireTime: over } }, new Date(now))).toBe(told)
  })
})
