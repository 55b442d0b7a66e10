import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueOf, type Flow, type SourceKind, statementOf, totalsOf } from './statement.ts'

function flow(debit: Flow['debit'], credit: Flow['credit'], minor: bigint, more: Partial<Flow> = {}): Flow {
  const capture = debit === 'PROVIDER_CLEARING' || debit === 'CASH'
  const [debitIsSource, creditIsSource] = [debit === 'TENANT_PAYABLE', credit === 'TENANT_PAYABLE']
  return { capture, debit, credit, debitIsSource, creditIsSource, minor, ...more }
}

const month: readonly Flow[] = [
  flow('PROVIDER_CLEARING', 'TENANT_PAYABLE', 95_000n),
  flow('PROVIDER_CLEARING', 'PLATFORM_FEE', 5_000n),
  flow('CASH', 'TENANT_PAYABLE', 9_500n),
  flow('CASH', 'PLATFORM_FEE', 500n),
  flow('TENANT_PAYABLE', 'REFUNDS_PENDING', 4_000n),
  flow('TENANT_PAYABLE', 'TAX_PAYABLE', 1_000n),
  flow('TENANT_PAYABLE', 'AGENT_FLOAT', 2_000n),
]

describe('statement', () => {
  test('a company is due what was captured less every deduction, and less the cash that it holds already', () => {
    const totals = totalsOf('TENANT_PAYABLE', month)
    expect(Object.fromEntries(totals)).toEqual({
      GROSS: 110_000n,
      PLATFORM_FEE: -5_500n,
      REFUNDS: -4_000n,
      TAX: -1_000n,
      COMMISSION: -2_000n,
      CASH_HELD: -10_000n,
    })
    expect(dueOf(totals)).toBe(87_500n)
  })

  test('a second payment for one order is nobody’s, and on no statement', () => {
    expect(dueOf(totalsOf('TENANT_PAYABLE', [flow('PROVIDER_CLEARING', 'SUSPENSE', 4_500n)]))).toBe(0n)
  })

  test('an agent earns what the company gives, less what was paid out', () => {
    const mine = { debitIsSource: false, creditIsSource: true }
    const flows = [
      flow('TENANT_PAYABLE', 'AGENT_FLOAT', 700n, mine),
      flow('AGENT_FLOAT', 'PAYOUTS_PENDING', 200n, { debitIsSource: true, creditIsSource: false }),
      flow('TENANT_PAYABLE', 'AGENT_FLOAT', 900n, { debitIsSource: false, creditIsSource: false }),
    ]
    expect(Object.fromEntries(totalsOf('AGENT_FLOAT', flows))).toEqual({ GROSS: 700n, EARLIER_PAYOUTS: -200n })
  })

  test('a statement continues the one before: its due, the payout since, and what has come since', () => {
    const before = totalsOf('TENANT_PAYABLE', month)
    const paid = flow('TENANT_PAYABLE', 'PAYOUTS_PENDING', 80_000n)
    const now = totalsOf('TENANT_PAYABLE', [...month, paid, flow('PROVIDER_CLEARING', 'TENANT_PAYABLE', 1_500n)])
    const lines = statementOf(now, { dueMinor: dueOf(before), totals: before }, 9_000n)
    expect(lines.map(({ kind, minor }) => [kind, minor]).filter(([, minor]) => minor !== 0n)).toEqual([
      ['BROUGHT_FORWARD', 87_500n],
      ['GROSS', 1_500n],
      ['EARLIER_PAYOUTS', -80_000n],
    ])
    expect(lines.find(({ kind }) => kind === 'GROSS')?.totalMinor).toBe(111_500n)
  })

  test('whatever happened, the lines add up to the payout, and the totals to what the account says', () => {
    const kinds = [
      'PROVIDER_CLEARING',
      'CASH',
      'PLATFORM_FEE',
      'TAX_PAYABLE',
      'REFUNDS_PENDING',
      'PAYOUTS_PENDING',
    ] as const
    const transfer = fc
      .tuple(fc.constantFrom(...kinds), fc.boolean(), fc.bigInt(1n, 10n ** 12n))
      .map(([kind, arrives, minor]) =>
        arrives ? flow(kind, 'TENANT_PAYABLE', minor) : flow('TENANT_PAYABLE', kind, minor),
      )
    const history = fc.array(transfer, { maxLength: 30 })
    fc.assert(
      fc.property(history, history, fc.bigInt(1n, 10n ** 12n), (first, second, amount) => {
        const earlier = totalsOf(source, first)
        const totals = totalsOf(source, [...first, ...second])
        const lines = statementOf(totals, { dueMinor: dueOf(earlier), totals: earlier }, amount)
        expect(lines.reduce((sum, { minor }) => sum + minor, 0n)).toBe(amount)
        expect(dueOf(totals)).toBe(balance([...first, ...second]))
      }),
    )
  })
})

const source: SourceKind = 'TENANT_PAYABLE'

/** The account's own balance less the cash in hand, counted the plain way. */
function balance(flows: readonly Flow[]): bigint {
  return flows.reduce((sum, { debit, credit, minor }) => {
    const payable = (credit === source ? minor : 0n) - (debit === source ? minor : 0n)
    const cash = (debit === 'CASH' ? minor : 0n) - (credit === 'CASH' ? minor : 0n)
    return sum + payable - cash
  }, 0n)
}
