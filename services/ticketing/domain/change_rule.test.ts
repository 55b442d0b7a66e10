import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, compare, equals, isZero, money, subtract, sum, zero } from '#kit'
import { changeFee, type FeeBand, termsOf } from './change_rule.ts'
import { takeFrom } from './funds.ts'

const departure = new Date('2026-11-20T08:00:00Z')
const hoursBefore = (hours: number) => new Date(departure.getTime() - hours * 3_600_000)
const rwf = (minor: number) => money('RWF', minor)

const bands: FeeBand[] = [
  { hoursBefore: 2, basisPoints: 2_000n, perPassengerMinor: 0n },
  { hoursBefore: 24, basisPoints: 0n, perPassengerMinor: 500n },
  { hoursBefore: 72, basisPoints: 0n, perPassengerMinor: 0n },
]

test.each([
  [96, 0],
  [72, 1_000],
  [24.5, 1_000],
  [24, 1_201],
  [2.1, 1_201],
  [2, undefined],
  [-1, undefined],
])(
  '%s hours before the departure two passengers pay the fee of that band, whatever the order of bands',
  (left, fee) => {
    const changed = { value: rwf(6_003), passengers: 2, departure }
    for (const order of [bands, [...bands].reverse()]) {
      expect(changeFee(changed, order, hoursBefore(left))?.minor).toBe(fee === undefined ? undefined : BigInt(fee))
    }
  },
)

test('a fee is never more than the booking is worth', () => {
  const dear = [{ hoursBefore: 0, basisPoints: 0n, perPassengerMinor: 9_000n }]
  expect(changeFee({ value: rwf(4_000), passengers: 1, departure }, dear, hoursBefore(1))).toEqual(rwf(4_000))
})

const amount = fc.bigInt({ min: 0n, max: 10_000_000n }).map((minor) => money('RWF', minor))

test('what was worth something plus what is paid is what it costs plus what goes back; never both paid and refunded', () => {
  fc.assert(
    fc.property(amount, amount, amount, (credit, newTotal, fee) => {
      const terms = termsOf(credit, newTotal, fee)
      expect(equals(add(credit, terms.due), add(add(newTotal, fee), terms.refund))).toBe(true)
      expect(isZero(terms.due) || isZero(terms.refund)).toBe(true)
      expect(compare(terms.due, zero('RWF'))).toBeGreaterThanOrEqual(0)
      expect(compare(terms.refund, zero('RWF'))).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('money is taken out of the newest payment first; what is taken and what is left is what there was', () => {
  const funds = [
    { paymentIntentId: 'a', amount: rwf(3_000) },
    { paymentIntentId: 'b', amount: rwf(1_000) },
  ]
  expect(takeFrom(funds, rwf(1_500))).toEqual({
    taken: [
      { paymentIntentId: 'b', amount: rwf(1_000) },
      { paymentIntentId: 'a', amount: rwf(500) },
    ],
    left: [{ paymentIntentId: 'a', amount: rwf(2_500) }],
  })
  const some = fc.uniqueArray(fc.record({ paymentIntentId: fc.uuid(), amount }), { selector: (f) => f.paymentIntentId })
  fc.assert(
    fc.property(some, amount, (given, wanted) => {
      const { taken, left } = takeFrom(given, wanted)
      const total = (of: typeof given) =>
        sum(
          'RWF',
          of.map((fund) => fund.amount),
        )
      expect(equals(add(total(taken), total(left)), total(given))).toBe(true)
      const least = compare(wanted, total(given)) < 0 ? wanted : total(given)
      expect(isZero(subtract(total(taken), least))).toBe(true)
    }),
  )
})
