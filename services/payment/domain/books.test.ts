import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money, type Money, sum } from '#kit'
import {
  capture,
  captureSurplus,
  refundPromised,
  refundSettled,
  reversed,
  surplusRefundPromised,
  type Transfer,
} from './books.ts'
import { sharesOf } from './fees.ts'

const holding = { tenantId: 'volcano', provider: 'mpesa' }
const rwf = (minor: number | bigint) => money('RWF', minor)

/** A capture of which the platform keeps a share and nobody else does. */
function captured(of: typeof holding, amount: Money, basisPoints: number): Transfer[] {
  return capture(of, amount, sharesOf({ ...of, amount, time: new Date(0) }, [], { basisPoints }))
}

/** What an account gained, debits counted as more. */
function balance(transfers: readonly Transfer[], kind: string): bigint {
  return transfers.reduce(
    (total, { debit, credit, amount }) =>
      total + (debit.kind === kind ? amount.minor : 0n) - (credit.kind === kind ? amount.minor : 0n),
    0n,
  )
}

describe('books', () => {
  test.each([
    ['without a fee', 4500, 0, [['TENANT_PAYABLE', 4500]]],
    [
      'with 2.5 percent',
      4500,
      250,
      [
        ['TENANT_PAYABLE', 4387],
        ['PLATFORM_FEE', 113],
      ],
    ],
    ['with a fee below half a franc', 10, 250, [['TENANT_PAYABLE', 10]]],
    ['with a fee of everything', 10, 10_000, [['PLATFORM_FEE', 10]]],
  ] as const)('a capture %s', (_, paid, basisPoints, credits) => {
    const transfers = captured(holding, rwf(paid), basisPoints)
    expect(transfers.map(({ credit, amount }) => [credit.kind, Number(amount.minor)])).toEqual(credits)
    expect(transfers.every(({ debit }) => debit.kind === 'PROVIDER_CLEARING' && debit.holder === 'mpesa')).toBe(true)
  })

  test('cash lies with the company that counted it', () => {
    const [transfer] = captured({ tenantId: 'volcano', provider: 'cash' }, rwf(10), 0)
    expect(transfer?.debit).toEqual({ kind: 'CASH', holder: 'volcano' })
  })

  test('the shares of a capture come to what was paid, whatever the amount and the fee', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 12n), fc.integer({ min: 0, max: 10_000 }), (paid, basisPoints) => {
        const shares: Money[] = captured(holding, rwf(paid), basisPoints).map(({ amount }) => amount)
        expect(sum('RWF', shares)).toEqual(rwf(paid))
      }),
    )
  })

  test('a payment that is wholly refunded leaves nothing but the fee that the company bears', () => {
    const all = [
      ...captured(holding, rwf(1000), 100),
      ...refundPromised('volcano', rwf(1000)),
      ...refundSettled(holding, rwf(1000)),
    ]
    expect(balance(all, 'PROVIDER_CLEARING')).toBe(0n)
    expect(balance(all, 'REFUNDS_PENDING')).toBe(0n)
    expect(balance(all, 'TENANT_PAYABLE')).toBe(10n)
    expect(balance(all, 'PLATFORM_FEE')).toBe(-10n)
  })

  test('a second payment for one order never belongs to the company', () => {
    const all = [...captureSurplus(holding, rwf(1000)), ...surplusRefundPromised('volcano', rwf(1000))]
    expect(balance(all, 'TENANT_PAYABLE')).toBe(0n)
    expect(balance(all, 'SUSPENSE')).toBe(0n)
    expect(balance(all, 'REFUNDS_PENDING')).toBe(-1000n)
  })

  test('a reversal undoes an entry on every account', () => {
    const promised = refundPromised('volcano', rwf(700))
    const all = [...promised, ...reversed(promised)]
    for (const kind of ['TENANT_PAYABLE', 'REFUNDS_PENDING']) expect(balance(all, kind)).toBe(0n)
  })
})
