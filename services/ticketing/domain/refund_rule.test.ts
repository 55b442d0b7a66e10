import { money } from '#kit'
import { expect, test } from 'vitest'
import { refundOf } from './refund_rule.ts'

const paid = money('RWF', 6200n)
const departure = new Date('2026-11-20T08:00:00Z')

test.each([
  ['PASSENGER', '2026-11-18T08:00:00Z', 6200n, 'two days before'],
  ['PASSENGER', '2026-11-20T07:59:59Z', 6200n, 'a second before'],
  ['PASSENGER', '2026-11-20T08:00:00Z', undefined, 'the bus leaves'],
  ['COMPANY', '2026-11-20T07:00:00Z', 6200n, 'the company cancels'],
  ['TRIP', '2026-11-20T09:00:00Z', 6200n, 'the trip is cancelled late'],
] as const)('cancelled by %s at %s gives back %s: %s', (cause, now, minor, _) => {
  const back = refundOf(paid, cause, departure, new Date(now))
  expect(back).toEqual(minor === undefined ? undefined : money('RWF', minor))
})
