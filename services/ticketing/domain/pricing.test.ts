import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compare, equals, money, sum, zero } from '#kit'
import { anAdult, type Discount, priceSeats, type RideFacts, type SeatToPrice } from './pricing.ts'
import { defaultTerms, type Effect, type PriceRule } from './sales_terms.ts'

const rwf = (minor: number) => money('RWF', minor)
// 20 November 2026 is a Friday.
const ride: RideFacts = { fromStopId: 'kigali', toStopId: 'huye', serviceDate: '2026-11-20', channel: 'WEB' }
const seat: SeatToPrice = { seatClass: 'STANDARD', fare: rwf(3_000), traveller: anAdult, level: undefined }

const rule = (code: string, effect: Effect, over: Partial<PriceRule> = {}): PriceRule => ({
  ...{ code, name: code, kind: 'FARE', group: '', seatClasses: [], fromStopId: '', toStopId: '' },
  ...{ firstDate: '', lastDate: '', weekdays: [], channels: [], ageGroups: [], residencies: [] },
  effect,
  ...over,
})
const percent = (basisPoints: number): Effect => ({ kind: 'PERCENT', basisPoints: BigInt(basisPoints) })
const amount = (minor: number): Effect => ({ kind: 'AMOUNT', minor: BigInt(minor) })
const fixed = (minor: number): Effect => ({ kind: 'FIXED', minor: BigInt(minor) })

const priced = (
  rules: PriceRule[],
  over: Partial<SeatToPrice> = {},
  stepMinor = 0n,
  facts: Partial<RideFacts> = {},
) => {
  const [one] = priceSeats([{ ...seat, ...over }], { ...ride, ...facts }, { ...defaultTerms, rules, stepMinor })
  return one!
}

describe('a rule counts where all its conditions hold', () => {
  test.each<[string, Partial<PriceRule>, boolean]>([
    ['no condition', {}, true],
    ['the class', { seatClasses: ['STANDARD'] }, true],
    ['another class', { seatClasses: ['VIP'] }, false],
    ['the segment', { fromStopId: 'kigali', toStopId: 'huye' }, true],
    ['another segment', { fromStopId: 'kigali', toStopId: 'nyanza' }, false],
    ['the first day of the season', { firstDate: '2026-11-20', lastDate: '2027-01-10' }, true],
    ['the last day of the season', { firstDate: '2026-10-01', lastDate: '2026-11-20' }, true],
    ['a season to come', { firstDate: '2026-11-21' }, false],
    ['a season that is over', { lastDate: '2026-11-19' }, false],
    ['Fridays and Sundays', { weekdays: [5, 7] }, true],
    ['Saturdays', { weekdays: [6] }, false],
    ['the way it is sold', { channels: ['WEB'] }, true],
    ['another way', { channels: ['COUNTER', 'AGENT'] }, false],
    ['adults', { ageGroups: ['ADULT'] }, true],
    ['children', { ageGroups: ['CHILD'] }, false],
    ['residents, where nobody said so', { residencies: ['RESIDENT'] }, false],
    ['one of two does not hold', { weekdays: [5], seatClasses: ['VIP'] }, false],
  ])('%s', (_, conditions, counts) => {
    expect(priced([rule('r', percent(1_000), conditions)]).price).toEqual(rwf(counts ? 3_300 : 3_000))
  })

  test('children and visitors are told by what the passenger says', () => {
    const rules = [
      rule('child', percent(-5_000), { ageGroups: ['CHILD'] }),
      rule('abroad', amount(700), { residencies: ['VISITOR'] }),
    ]
    const traveller = { ageGroup: 'CHILD' as const, residency: 'VISITOR' as const }
    expect(
      priced(rules, { traveller }).lines.map(({ kind, code, amount }) => [kind, code, Number(amount.minor)]),
    ).toEqual([
      ['BASE', '', 3_000],
      ['RULE', 'child', -1_500],
      ['RULE', 'abroad', 700],
    ])
  })
})

test.each<[string, PriceRule[], number]>([
  ['rules are applied one after another', [rule('a', percent(1_000)), rule('b', percent(1_000))], 3_630],
  [
    'of a group the first that holds',
    [rule('a', percent(1_000), { group: 'g' }), rule('b', percent(5_000), { group: 'g' })],
    3_300,
  ],
  ['half a franc is rounded up', [rule('a', percent(-1))], 3_000],
  ['a fixed price takes the place of the fare', [rule('a', fixed(2_500))], 2_500],
  ['a fixed fee is added to it', [rule('a', fixed(200), { kind: 'FEE' })], 3_200],
  ['nothing is below nothing', [rule('a', amount(-9_000))], 0],
])('%s', (_, rules, minor) => {
  expect(priced(rules).price).toEqual(rwf(minor))
})

test('a hundred rules that each raise a price elevenfold end at a price, not in a fault', () => {
  const rules = Array.from({ length: 100 }, (_, i) => rule(`r${i}`, percent(100_000)))
  const { lines, price } = priced(rules)
  expect(price.minor).toBe(10n ** 15n)
  expect(
    sum(
      'RWF',
      lines.map((line) => line.amount),
    ),
  ).toEqual(price)
})

test('fares are rounded to the step, fees are not', () => {
  const rules = [rule('season', percent(1_250)), rule('service', amount(33), { kind: 'FEE' })]
  const { lines, price } = priced(rules, {}, 50n)
  expect(lines.map(({ kind, amount }) => [kind, Number(amount.minor)])).toEqual([
    ['BASE', 3_000],
    ['RULE', 375],
    ['ROUNDING', 25],
    ['FEE', 33],
  ])
  expect(price).toEqual(rwf(3_433))
})

test('an amount off is shared out by the fares to the last franc, and fees are left alone', () => {
  const discount: Discount = { code: 'NOEL', name: 'Noel', off: { amount: rwf(1_000) } }
  const rules = [rule('service', amount(100), { kind: 'FEE' })]
  const seats = [seat, { ...seat, fare: rwf(4_500) }, { ...seat, fare: rwf(500) }]
  const prices = priceSeats(seats, ride, { ...defaultTerms, rules }, discount)
  expect(
    sum(
      'RWF',
      prices.map(({ price }) => price),
    ),
  ).toEqual(rwf(7_300))
  const all = priceSeats(seats, ride, { ...defaultTerms, rules }, { ...discount, off: { amount: rwf(99_000) } })
  expect(all.map(({ price }) => price)).toEqual([rwf(100), rwf(100), rwf(100)])
})

const anEffect = fc.oneof(
  fc.integer({ min: -10_000, max: 30_000 }).map(percent),
  fc.integer({ min: -20_000, max: 20_000 }).map(amount),
  fc.integer({ min: 0, max: 20_000 }).map(fixed),
)
const aRule = fc
  .tuple(anEffect, fc.constantFrom('FARE' as const, 'FEE' as const), fc.constantFrom('', 'g'), fc.nat(9_999))
  .map(([effect, kind, group, n]) => rule(`r${n}`, effect, { kind, group }))
const aSeat = fc.record({
  seatClass: fc.constantFrom('STANDARD' as const, 'VIP' as const),
  fare: fc.integer({ min: 1, max: 100_000 }).map(rwf),
  traveller: fc.constant(anAdult),
  level: fc.option(
    fc.integer({ min: 1, max: 10_000 }).map((off) => ({
      ...{ code: 'saver', name: 'Saver', protectedPercent: 10 },
      discountBasisPoints: BigInt(off),
    })),
    { nil: undefined },
  ),
})
const aDiscount = fc.option(
  fc
    .oneof(
      fc.integer({ min: 1, max: 10_000 }).map((off) => ({ basisPoints: BigInt(off) })),
      fc.integer({ min: 1, max: 200_000 }).map((off) => ({ amount: rwf(off) })),
    )
    .map((off): Discount => ({ code: 'X', name: 'X', off })),
  { nil: undefined },
)

test('whatever the terms: lines add up to the price, no price is below nothing, a promotion never raises one', () => {
  fc.assert(
    fc.property(
      fc.array(aSeat, { minLength: 1, maxLength: 8 }),
      fc.array(aRule, { maxLength: 6 }),
      fc.constantFrom(0n, 1n, 50n, 100n),
      aDiscount,
      (seats, rules, stepMinor, discount) => {
        const terms = { ...defaultTerms, rules, stepMinor }
        const prices = priceSeats(seats, ride, terms, discount)
        const full = priceSeats(seats, ride, terms)
        for (const [i, { lines, price }] of prices.entries()) {
          expect(
            equals(
              sum(
                'RWF',
                lines.map((line) => line.amount),
              ),
              price,
            ),
          ).toBe(true)
          expect(compare(price, zero('RWF'))).toBeGreaterThanOrEqual(0)
          const onlyAddingFees = rules.every(({ kind, effect }) => kind === 'FARE' || effect.kind !== 'PERCENT')
          if (onlyAddingFees) expect(compare(price, full[i]!.price)).toBeLessThanOrEqual(0)
          if (discount === undefined) expect(price).toEqual(full[i]!.price)
        }
      },
    ),
  )
})
