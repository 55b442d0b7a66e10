import { expect, test } from 'vitest'
import { money } from '#kit'
import { defaultTerms, type Level, type PriceRule, type SalesTerms } from '../sales_terms.ts'
import { areWithinLevels, makeOffers, type Offer, offersAt, pricesOfOffer } from './offer.ts'

const level = (code: string, discount: number, protectedPercent: number): Level => ({
  ...{ code, name: code, protectedPercent },
  discountBasisPoints: BigInt(discount),
})
const levelled: SalesTerms = {
  ...defaultTerms,
  version: 7n,
  levels: [level('saver', 1_000, 30), level('early', 2_000, 70)],
}
const fares = [
  { toSequence: 1, seatClass: 'STANDARD', priceMinor: 1_000n },
  { toSequence: 2, seatClass: 'STANDARD', priceMinor: 2_000n },
] as const
const legs = (...taken: number[]) => ({ STANDARD: taken.map((one, leg) => ({ leg, seats: 10, taken: one })) })
const seats = (count: number) => Array.from({ length: count }, () => ({ seatClass: 'STANDARD' as const }))
const codesTo = (offers: ReturnType<typeof makeOffers>, to: number) => offers.map((one) => one.get(to)?.levelCode)

test.each([
  ['an empty bus is offered as to one passenger after another', legs(0, 0), 2, 5, 'early early early saver saver'],
  ['what others have taken comes first', legs(2, 2), 2, 3, 'early saver saver'],
  ['a full leg counts where the ride has it', legs(0, 9), 2, 2, ' '],
  ['and does not where the ride ends before it', legs(0, 9), 1, 2, 'early early'],
])('%s', (_, loads, to, count, codes) => {
  expect(codesTo(makeOffers(seats(count), { fares, loads, terms: levelled }), to)).toEqual(codes.split(' '))
})

test('a stop without a fare is not offered, and terms without levels need no counting', () => {
  const [first] = makeOffers(seats(1), { fares, loads: {}, terms: defaultTerms })
  expect([...first!.keys()]).toEqual([1, 2])
  expect(first!.get(2)).toEqual({ termsVersion: 0n, fareMinor: 2_000n, levelCode: '' })
})

const offered = (...codes: string[]) =>
  codes.map((levelCode) => ({
    seatClass: 'STANDARD' as const,
    tickets: [{ toSequence: 2, offer: { termsVersion: 7n, fareMinor: 2_000n, levelCode } }],
  }))

test.each([
  ['three early seats alone', offered('early', 'early', 'early'), legs(3, 3), true],
  ['a fourth is one too many', offered('early', 'early', 'early', 'early'), legs(4, 4), false],
  ['the full fare behind them takes from nobody', offered('early', 'saver', ''), legs(3, 3), true],
  ['somebody else was faster', offered('early', 'early'), legs(4, 4), false],
  ['on one leg only', offered('early'), legs(1, 4), false],
])('after they are lent: %s', (_, lent, loads, within) => {
  expect(areWithinLevels(lent, loads, levelled)).toBe(within)
})

const rule = (code: string, over: Partial<PriceRule>): PriceRule => ({
  ...{ code, name: code, kind: 'FARE', group: '', seatClasses: [], fromStopId: '', toStopId: '', firstDate: '' },
  ...{ lastDate: '', weekdays: [], channels: [], ageGroups: [], residencies: [] },
  effect: { kind: 'AMOUNT', minor: 0n },
  ...over,
})

test('those who pay another price than an adult are named, the others not', () => {
  const terms: SalesTerms = {
    ...levelled,
    rules: [
      rule('counter', { channels: ['COUNTER'], effect: { kind: 'AMOUNT', minor: -100n } }),
      rule('web', { channels: ['WEB'], effect: { kind: 'AMOUNT', minor: 9_000n } }),
      rule('child', { ageGroups: ['CHILD'], effect: { kind: 'PERCENT', basisPoints: -5_000n } }),
    ],
  }
  const offer: Offer = { termsVersion: 7n, fareMinor: 2_000n, levelCode: 'saver' }
  const ride = {
    trip: { currency: 'RWF', serviceDate: '2026-11-20' },
    origin: { stopId: 'a' },
    destination: { stopId: 'b' },
  }
  const { adult, others } = pricesOfOffer(offer, 'STANDARD', ride, new Map([[7n, terms]]))
  expect(adult).toEqual(money('RWF', 1_710n))
  expect(others.map(({ traveller, price }) => [traveller.ageGroup, traveller.residency, price.minor])).toEqual([
    ['CHILD', undefined, 855n],
    ['CHILD', 'RESIDENT', 855n],
    ['CHILD', 'VISITOR', 855n],
  ])
  expect(() => pricesOfOffer(offer, 'STANDARD', ride, new Map())).toThrow('terms 7')
})

test('a sale is judged by the newest offer, and by those before it that were good at its time', () => {
  const of = (fareMinor: bigint) => ({ termsVersion: 0n, fareMinor, levelCode: '' })
  const until = new Date('2026-11-20T10:00:00Z')
  const ticket = { offer: of(2n), former: [{ ...of(1n), until }] }
  const fareAt = (time: Date) => offersAt(ticket, time).map(({ fareMinor }) => fareMinor)
  expect(fareAt(until)).toEqual([2n, 1n])
  expect(fareAt(new Date(until.getTime() + 1))).toEqual([2n])
})
