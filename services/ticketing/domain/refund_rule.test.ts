import { money } from '#kit'
import { expect, test } from 'vitest'
import { refundOf } from './refund_rule.ts'
import { defaultTerms } from './sales_terms.ts'

const paid = money('RWF', 6200n)
const departure = new Date('2026-11-20T08:00:00Z')

test.each([
  ['PASSENGER', '2026-11-18T08:00:00Z', 6200n, 'two days before'],
  ['PASSENGER', '2026-11-20T07:59:59Z', 6200n, 'a second before'],
  ['PASSENGER', '2026-11-20T08:00:00Z', undefined, 'the bus leaves'],
  ['COMPANY', '2026-11-20T07:00:00Z', 6200n, 'the company cancels'],
  ['TRIP', '2026-11-20T09:00:00Z', 6200n, 'the trip is cancelled late'],
] as const)('cancelled by %s at %s gives back %s: %s', (cause, now, minor, _) => {
  const back = refundOf(paid, cause, departure, new Date(now), defaultTerms.refundBands)
  expect(back).toEqual(minor === undefined ? undefined : money('RWF', minor))
})

test.each([
  ['2026-11-19T07:00:00Z', 6200n, 'more than a day before'],
  ['2026-11-19T08:00:00Z', 3100n, 'a day before, to the second'],
  ['2026-11-20T06:00:00Z', undefined, 'two hours before'],
] as const)('a company that keeps half within a day gives back at %s %s: %s', (now, minor, _) => {
  const bands = [
    { hoursBefore: 2, basisPoints: 5_000n },
    { hoursBefore: 24, basisPoints: 10_000n },
  ]
  const back = refundOf(paid, 'PASSENGER', departure, new Date(now), bands)
  expect(back).toEqual(minor === undefined ? undefined : money('RWF', minor))
})
