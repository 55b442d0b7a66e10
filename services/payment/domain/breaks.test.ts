import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { money } from '#kit'
import { breakTransitions, type Difference, feesOf, oneMayResolve, type Resolution, transfersFor } from './breaks.ts'
import { limitsOf } from './limits.ts'

const migration = readFileSync(new URL('../migrations/005_reconciliation.sql', import.meta.url), 'utf8')

const gap = (change: Partial<Difference>): Difference => ({
  kind: 'MISSING_HERE',
  provider: 'mpesa',
  incoming: true,
  theirs: undefined,
  ours: undefined,
  ...change,
})
const rwf = (minor: number) => money('RWF', minor)
const clearing = 'PROVIDER_CLEARING'

describe('the states of a break', () => {
  test('the database allows exactly the transitions of the table', () => {
    const [, constraint = ''] = migration.split('break_change_allowed')
    const inDatabase = [...constraint.matchAll(/\('(\w+)', '(\w+)'\)/g)].map(([, from, to]) => `${from} ${to}`).sort()
    const inTable = Object.entries(breakTransitions).flatMap(([from, targets]) => targets.map((to) => `${from} ${to}`))
    expect(inDatabase).toEqual(inTable.sort())
  })

  test('nothing leads away from a break that is closed', () => {
    expect(breakTransitions.RESOLVED).toEqual([])
    expect(breakTransitions.CLOSED_BY_MATCH).toEqual([])
  })
})

describe('what is booked', () => {
  test.each<[string, Partial<Difference>, Exclude<Resolution, 'SETTLE_SUBJECT'>, [string, string, bigint][]]>([
    ['money in of nobody', { theirs: rwf(900) }, 'BOOK_TO_SUSPENSE', [[clearing, 'SUSPENSE', 900n]]],
    ['money in as a gain', { theirs: rwf(900) }, 'BOOK_DIFFERENCE', [[clearing, 'RECONCILIATION_DIFFERENCE', 900n]]],
    ['a fee', { theirs: rwf(5), incoming: false }, 'BOOK_PROVIDER_FEE', [['PROVIDER_FEES', clearing, 5n]]],
    ['a transfer to the bank', { theirs: rwf(9), incoming: false }, 'BOOK_TO_BANK', [['BANK', clearing, 9n]]],
    [
      'a payment they never had',
      { ours: rwf(900) },
      'BOOK_DIFFERENCE',
      [['RECONCILIATION_DIFFERENCE', clearing, 900n]],
    ],
    [
      'a payout that never left',
      { ours: rwf(900), incoming: false },
      'BOOK_DIFFERENCE',
      [[clearing, 'RECONCILIATION_DIFFERENCE', 900n]],
    ],
    [
      'more came than we have',
      { theirs: rwf(1100), ours: rwf(1000) },
      'BOOK_DIFFERENCE',
      [[clearing, 'RECONCILIATION_DIFFERENCE', 100n]],
    ],
    [
      'less came than we have',
      { theirs: rwf(900), ours: rwf(1000) },
      'BOOK_DIFFERENCE',
      [['RECONCILIATION_DIFFERENCE', clearing, 100n]],
    ],
    [
      'less left than we have',
      { theirs: rwf(900), ours: rwf(1000), incoming: false },
      'BOOK_DIFFERENCE',
      [[clearing, 'RECONCILIATION_DIFFERENCE', 100n]],
    ],
    [
      'another currency came',
      { theirs: money('KES', 5), ours: rwf(7) },
      'BOOK_DIFFERENCE',
      [
        [clearing, 'RECONCILIATION_DIFFERENCE', 5n],
        ['RECONCILIATION_DIFFERENCE', clearing, 7n],
      ],
    ],
    ['their list was wrong', { theirs: rwf(900) }, 'NO_CHANGE', []],
  ])('%s', (_, change, resolution, expected) => {
    const transfers = transfersFor(resolution, gap(change))
    expect(transfers.map(({ debit, credit, amount }) => [debit.kind, credit.kind, amount.minor])).toEqual(expected)
  })

  test.each<[string, Partial<Difference>, Exclude<Resolution, 'SETTLE_SUBJECT'>]>([
    ['what our books have is not kept in suspense', { theirs: rwf(9), ours: rwf(8) }, 'BOOK_TO_SUSPENSE'],
    ['what we alone have is no fee', { ours: rwf(8), incoming: false }, 'BOOK_PROVIDER_FEE'],
    ['money that went out is not kept in suspense', { theirs: rwf(9), incoming: false }, 'BOOK_TO_SUSPENSE'],
    ['money that came in is no fee', { theirs: rwf(9) }, 'BOOK_PROVIDER_FEE'],
    ['money that came in did not go to the bank', { theirs: rwf(9) }, 'BOOK_TO_BANK'],
  ])('%s', (_, change, resolution) => {
    expect(() => transfersFor(resolution, gap(change))).toThrow(RangeError)
  })

  test('fees leave the provider’s account, and those given back return to it', () => {
    const fees = feesOf('mpesa', [
      { incoming: false, amount: rwf(75) },
      { incoming: true, amount: rwf(25) },
    ])
    expect(fees.map(({ debit, credit }) => [debit.kind, credit.kind])).toEqual([
      ['PROVIDER_FEES', clearing],
      [clearing, 'PROVIDER_FEES'],
    ])
  })
})

describe('the limit of one person', () => {
  const limits = limitsOf(['RWF:5000', 'KES:100'])

  test.each<[string, Partial<Difference>, boolean]>([
    ['up to it', { theirs: rwf(5000) }, true],
    ['above it', { theirs: rwf(5001) }, false],
    ['the difference counts, not the payment', { theirs: rwf(90_000), ours: rwf(86_000) }, true],
    ['each currency has its own', { theirs: money('KES', 10_000), ours: rwf(5000) }, true],
    ['in cents', { theirs: money('KES', 10_001) }, false],
    ['a currency without a limit takes two', { theirs: money('USD', 1) }, false],
  ])('%s', (_, change, alone) => {
    expect(oneMayResolve(gap(change), limits)).toBe(alone)
  })
})
