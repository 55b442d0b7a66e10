import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWithin, openLevel, protectedSeats } from './levels.ts'
import type { Level } from './sales_terms.ts'

const level = (code: string, discount: number, protectedPercent: number): Level => ({
  ...{ code, name: code, protectedPercent },
  discountBasisPoints: BigInt(discount),
})
const [flex, saver, early] = [level('flex', 500, 10), level('saver', 1_500, 40), level('early', 3_000, 70)]
const levels = [flex, saver, early]
const legs = (...taken: number[]) => taken.map((one, leg) => ({ leg, seats: 10, taken: one }))

test.each([
  ['an empty bus', legs(0, 0), 1, 'early'],
  ['three seats are for early birds, the third is one of them', legs(2, 0), 1, 'early'],
  ['the fourth is not', legs(3, 0), 1, 'saver'],
  ['one full leg is enough, wherever it is', legs(0, 6), 1, 'flex'],
  ['a party takes one level together', legs(2, 2), 2, 'saver'],
  ['the last seat is at the full fare', legs(9, 0), 1, undefined],
  ['nothing is left', legs(10, 0), 1, undefined],
])('%s', (_, loads, party, code) => {
  expect(openLevel(levels, loads, party)?.code).toBe(code)
})

test('protected seats are rounded up: a small bus keeps at least one', () => {
  expect(protectedSeats(flex, 4)).toBe(1)
  expect(protectedSeats(flex, 45)).toBe(5)
})

const anyLevels = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 0, max: 100 })), { maxLength: 6 })
  .map((pairs) => {
    const discounts = [...new Set(pairs.map(([discount]) => discount))].sort((a, b) => a - b)
    const kept = pairs.map(([, percent]) => percent).sort((a, b) => a - b)
    return discounts.map((discount, i) => level(`l${i}`, discount, kept[i]!))
  })
const anyLoads = fc.array(
  fc
    .integer({ min: 1, max: 60 })
    .chain((seats) => fc.record({ leg: fc.nat(9), seats: fc.constant(seats), taken: fc.nat(seats) })),
  { minLength: 1, maxLength: 6 },
)

test('whatever is sold at a level leaves every dearer level its seats on every leg, and a cheaper level never opens again', () => {
  fc.assert(
    fc.property(anyLevels, anyLoads, fc.integer({ min: 1, max: 8 }), (some, loads, party) => {
      const sold = openLevel(some, loads, party)
      const after = loads.map((load) => ({ ...load, taken: load.taken + party }))
      if (sold) {
        const dearer = some.slice(0, some.indexOf(sold) + 1)
        for (const one of dearer) expect(isWithin(one, after)).toBe(true)
      }
      const next = openLevel(some, after, 1)
      if (next) expect(some.indexOf(next)).toBeLessThanOrEqual(sold ? some.indexOf(sold) : -1)
    }),
  )
})
