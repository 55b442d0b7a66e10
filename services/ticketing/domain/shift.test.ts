import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import {
  addTotals,
  type CashTotal,
  countedCash,
  countFault,
  countPostings,
  expectedCash,
  handOverPostings,
  type MovementKind,
  type Posting,
  receiptPostings,
} from './shift.ts'

const rwf = (minor: number | bigint) => money('RWF', minor)
const total = (kind: MovementKind, minor: number, count = 1): CashTotal => ({ kind, count, amount: rwf(minor) })

/** What an account holds after some postings, on the debit side. */
function held(account: string, postings: readonly Posting[]): bigint {
  return postings.reduce(
    (sum, { debit, credit, amount }) =>
      sum + (debit === account ? amount.minor : 0n) - (credit === account ? amount.minor : 0n),
    0n,
  )
}

describe('a till', () => {
  test.each([
    ['the float alone', [], 5_000n],
    ['sales come in', [total('SALE', 9_000, 3)], 14_000n],
    ['refunds and expenses go out', [total('SALE', 9_000), total('REFUND', 3_000), total('EXPENSE', 500)], 10_500n],
    ['what was taken to the safe is gone', [total('SALE', 9_000), total('DROP', 8_000)], 6_000n],
    ['a correction takes out as well as puts in', [total('CORRECTION', -2_000)], 3_000n],
  ] as const)('should hold: %s', (_, totals, expected) => {
    expect(expectedCash(rwf(5_000), totals).minor).toBe(expected)
  })

  test.each([
    ['a count', [[5_000, 2]], undefined],
    ['an empty till', [], undefined],
    ['a note that there is not', [[700, 1]], /no note or coin of 700/],
    [
      'one value twice',
      [
        [500, 1],
        [500, 2],
      ],
      /counted twice/,
    ],
    ['nothing as a note', [[0, 3]], /no note/],
  ] as const)('is counted: %s', (_, notes, fault) => {
    const told = countFault(
      'RWF',
      notes.map(([value, count]) => ({ value: rwf(value), count })),
    )
    if (fault === undefined) expect(told).toBeUndefined()
    else expect(told).toMatch(fault)
  })

  test('is counted in its own currency, and in any note of a currency whose notes are not known here', () => {
    expect(countFault('RWF', [{ value: money('KES', 10_000), count: 1 }])).toMatch(/in RWF/)
    expect(countFault('ZMW', [{ value: money('ZMW', 777), count: 1 }])).toBeUndefined()
    expect(countedCash('KES', [{ value: money('KES', 100_000), count: 3 }]).minor).toBe(300_000n)
  })

  test('totals of several sources are one total of each kind', () => {
    const totals = addTotals([total('SALE', 100, 2)], [total('SALE', 50), total('EXPENSE', 10)])
    expect(totals).toEqual([total('SALE', 150, 3), total('EXPENSE', 10)])
  })

  test('whatever moved and whatever is counted: the drawer holds the count, then nothing, and nothing stays on its way', () => {
    const amount = fc.integer({ min: 0, max: 1_000_000 })
    const moved = fc.record({
      float: amount,
      sales: amount,
      refunds: amount,
      expenses: amount,
      drops: amount,
      correction: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      counted: amount,
      received: amount,
    })
    fc.assert(
      fc.property(moved, ({ float, sales, refunds, expenses, drops, correction, counted, received }) => {
        const totals = [
          total('SALE', sales),
          total('REFUND', refunds),
          total('EXPENSE', expenses),
          total('DROP', drops),
          total('CORRECTION', correction),
        ]
        const count = countPostings(rwf(float), totals, rwf(counted))
        expect(BigInt(float) + held('CASH_DRAWER', count)).toBe(BigInt(counted))
        expect(held('CASH', count)).toBe(-BigInt(sales + correction - refunds))
        const deposit = handOverPostings(rwf(counted))
        expect(BigInt(float) + held('CASH_DRAWER', [...count, ...deposit])).toBe(0n)
        const arrived = receiptPostings('BANK', rwf(counted), rwf(received))
        expect(held('CASH_IN_TRANSIT', [...count, ...deposit, ...arrived])).toBe(BigInt(drops))
        expect(held('COMPANY_BANK', arrived)).toBe(BigInt(received))
        for (const posting of [...count, ...deposit, ...arrived]) expect(posting.amount.minor).toBeGreaterThan(0n)
      }),
    )
  })
})
