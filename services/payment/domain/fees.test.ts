import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money, sum } from '#kit'
import { capture } from './books.ts'
import { type FeeRule, type Sale, sharesOf } from './fees.ts'

const t = (text: string) => new Date(`${text}T00:00:00Z`)
const sale = { tenantId: 'volcano', provider: 'mpesa', amount: money('RWF', 4500), time: t('2026-11-20') }
const none = { basisPoints: 0 }

function rule(change: Partial<FeeRule>): FeeRule {
  return {
    payeeKind: 'PLATFORM',
    payee: 'platform',
    tenantId: null,
    provider: null,
    currency: 'RWF',
    basisPoints: 0,
    fixedMinor: 0n,
    minMinor: 0n,
    maxMinor: null,
    bearer: 'COMPANY',
    validFrom: t('2026-01-01'),
    validUntil: null,
    ...change,
  }
}

/** Shares as `holder amount`. */
function told(rules: readonly FeeRule[], fallback = none, of: Sale = sale): string[] {
  return sharesOf(of, rules, fallback).map(({ account, amount }) => `${account.holder} ${amount.minor}`)
}

describe('fees', () => {
  test.each([
    ['no rule, no default', [], none, []],
    ['the default where no rule is', [], { basisPoints: 250 }, ['platform 113']],
    ['a rule instead of the default', [rule({ basisPoints: 100 })], { basisPoints: 250 }, ['platform 45']],
    ['a rule of nothing instead of the default', [rule({})], { basisPoints: 250 }, []],
    ['a fixed amount beside the share', [rule({ basisPoints: 100, fixedMinor: 30n })], none, ['platform 75']],
    ['the least', [rule({ basisPoints: 100, minMinor: 100n })], none, ['platform 100']],
    ['the most', [rule({ basisPoints: 1000, maxMinor: 200n })], none, ['platform 200']],
    ['never more than the payment', [rule({ fixedMinor: 9000n })], none, ['platform 4500']],
    ['not of another currency', [rule({ currency: 'KES', basisPoints: 100 })], none, []],
    ['not before it begins', [rule({ basisPoints: 100, validFrom: t('2026-11-21') })], none, []],
    ['from the moment it begins', [rule({ basisPoints: 100, validFrom: t('2026-11-20') })], none, ['platform 45']],
    ['not from the moment it ends', [rule({ basisPoints: 100, validUntil: t('2026-11-20') })], none, []],
  ])('%s', (_, rules, fallback, expected) => {
    expect(told(rules, fallback)).toEqual(expected)
  })

  test('the most particular rule of a payee is applied', () => {
    const all = rule({ fixedMinor: 1n })
    const provider = rule({ fixedMinor: 2n, provider: 'mpesa' })
    const company = rule({ fixedMinor: 3n, tenantId: 'volcano' })
    const both = rule({ fixedMinor: 4n, tenantId: 'volcano', provider: 'mpesa' })
    const others = [rule({ fixedMinor: 8n, tenantId: 'ritco' }), rule({ fixedMinor: 9n, provider: 'mtn' })]
    expect(told([all, ...others])).toEqual(['platform 1'])
    expect(told([provider, all])).toEqual(['platform 2'])
    expect(told([all, company, provider])).toEqual(['platform 3'])
    expect(told([both, company, provider, all])).toEqual(['platform 4'])
  })

  test('the platform is served first, then tax, agents and drivers, as far as the payment goes', () => {
    const rules = [
      rule({ payeeKind: 'DRIVER', payee: 'd', fixedMinor: 500n }),
      rule({ payeeKind: 'AGENT', payee: 'a', fixedMinor: 3000n }),
      rule({ payeeKind: 'TAX', payee: 'rra', basisPoints: 1800 }),
      rule({ fixedMinor: 1000n }),
    ]
    expect(told(rules, none, { ...sale, sellerUserId: 'a' })).toEqual(['platform 1000', 'rra 810', 'a 2690'])
  })

  test('an agent has a share of what that agent has sold, and of nothing else', () => {
    const rules = [rule({ payeeKind: 'AGENT', payee: 'a', fixedMinor: 7n })]
    expect(told(rules, none, { ...sale, sellerUserId: 'a' })).toEqual(['a 7'])
    expect(told(rules, none, { ...sale, sellerUserId: 'b' })).toEqual([])
    expect(told(rules)).toEqual([])
  })

  test('what the platform bears is not taken from the company', () => {
    const agent = rule({ payeeKind: 'AGENT', payee: 'a', basisPoints: 200, bearer: 'PLATFORM' })
    const transfers = capture(sale, sale.amount, sharesOf({ ...sale, sellerUserId: 'a' }, [agent], none))
    expect(transfers).toMatchObject([
      { credit: { kind: 'TENANT_PAYABLE' }, amount: { minor: 4500n } },
      { debit: { kind: 'COMMISSION_EXPENSE' }, credit: { kind: 'AGENT_FLOAT', holder: 'a' }, amount: { minor: 90n } },
    ])
  })

  test('whatever the rules, a payment is split without losing or making a unit', () => {
    const amountOf = fc.bigInt(0n, 20_000n)
    const anyRule = fc
      .record({
        payeeKind: fc.constantFrom('PLATFORM' as const, 'TAX' as const, 'AGENT' as const, 'DRIVER' as const),
        payee: fc.constantFrom('one', 'two'),
        tenantId: fc.constantFrom(null, 'volcano', 'ritco'),
        provider: fc.constantFrom(null, 'mpesa', 'mtn'),
        basisPoints: fc.integer({ min: 0, max: 10_000 }),
        fixedMinor: amountOf,
        minMinor: amountOf,
        maxMinor: fc.option(amountOf),
        bearer: fc.constantFrom('COMPANY' as const, 'PLATFORM' as const),
      })
      .map((some) => rule(some))
    const anySale = fc.record({ minor: fc.bigInt(1n, 1_000_000n), basisPoints: fc.integer({ min: 0, max: 10_000 }) })
    fc.assert(
      fc.property(anySale, fc.array(anyRule, { maxLength: 8 }), ({ minor, basisPoints }, rules) => {
        const amount = money('RWF', minor)
        const transfers = capture(
          sale,
          amount,
          sharesOf({ ...sale, amount, sellerUserId: 'one' }, rules, { basisPoints }),
        )
        const taken = transfers.filter(({ debit }) => debit.kind === 'PROVIDER_CLEARING')
        expect(
          sum(
            'RWF',
            taken.map((transfer) => transfer.amount),
          ).minor,
        ).toBe(minor)
        expect(transfers.every((transfer) => transfer.amount.minor > 0n)).toBe(true)
      }),
    )
  })
})
