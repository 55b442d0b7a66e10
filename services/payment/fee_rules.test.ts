import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import {
  FeeRule_Bearer as Bearer,
  FeeRule_PayeeKind as Payee,
  type FeeRuleSchema,
} from '#gen/tms/payment/v1/fee_rule_pb.ts'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { expectBooksInBalance, platformStaff, sellForCash } from './testing/books.ts'
import { newId, TENANT } from './testing/orders.ts'

const outcome = (call: Promise<unknown>) => call.then(() => 'done', reasonOf)
const francs = (minor: number) => moneyToProto(money('RWF', minor))
const { TENANT_PAYABLE: payable, PLATFORM_FEE: fee, AGENT_FLOAT: float, TAX_PAYABLE: tax } = AccountKind

/** Sells for 1,000 in cash and tells who got what, as `kind amount`. */
async function shares(suite: Suite, seller?: string): Promise<string[]> {
  const { paymentIntentId } = await sellForCash(suite, TENANT, francs(1_000), seller)
  const who = { userId: newId(), tenantId: TENANT, permissions: ['payment.ledger.read'] }
  const { journalEntries } = await suite.client(PaymentService, who).listJournalEntries({ paymentIntentId })
  const transfers = journalEntries.flatMap((entry) => entry.transfers)
  return transfers.map(({ credit, amount }) => `${credit?.kind} ${amount?.units}`)
}

placements(
  'payments are shared by the rules of their time, which staff make and end, and never by two rules at once',
  [payment],
  async (suite) => {
    const staff = platformStaff(suite)
    const agent = newId()
    const make = (change: MessageInitShape<typeof FeeRuleSchema> = {}) => {
      const mine = { payeeKind: Payee.PLATFORM, payee: 'platform', bearer: Bearer.COMPANY }
      const feeRule = { ...mine, feeRuleId: newId(), currencyCode: 'RWF', basisPoints: 500, ...change }
      return staff.createFeeRule({ feeRule, idempotencyKey: newId() })
    }
    const after = (seconds: number) => timestampFromDate(new Date(suite.clock.now().getTime() + seconds * 1_000))
    expect(await shares(suite)).toEqual([`${payable} 975`, `${fee} 25`])

    const { feeRule } = await make()
    expect(await shares(suite)).toEqual([`${payable} 950`, `${fee} 50`])
    const soon = after(3_600)
    expect(await outcome(make())).toBe('FEE_RULE_OVERLAPS')
    expect(await outcome(make({ validFromTime: soon }))).toBe('FEE_RULE_OVERLAPS')
    await staff.endFeeRule({ feeRuleId: feeRule!.feeRuleId, endTime: soon })
    await make({ basisPoints: 0, fixedAmount: francs(30), validFromTime: soon })
    await make({ payeeKind: Payee.TAX, payee: 'rra', basisPoints: 300, tenantId: TENANT })
    await make({ payeeKind: Payee.AGENT, payee: agent, basisPoints: 100, bearer: Bearer.PLATFORM, provider: 'cash' })
    expect(await shares(suite, agent)).toEqual([`${payable} 920`, `${fee} 50`, `${tax} 30`, `${float} 10`])
    // What somebody else has sold earns the agent nothing.
    expect(await shares(suite)).toEqual([`${payable} 920`, `${fee} 50`, `${tax} 30`])
    await suite.advance({ hours: 1 })
    expect(await shares(suite, agent)).toEqual([`${payable} 940`, `${fee} 30`, `${tax} 30`, `${float} 10`])

    const { feeRules } = await staff.listFeeRules({})
    expect(feeRules.map((rule) => rule.payee).sort()).toEqual([agent, 'platform', 'rra'].sort())
    expect((await staff.listFeeRules({ includeEnded: true })).feeRules).toHaveLength(4)

    const wrong: MessageInitShape<typeof FeeRuleSchema>[] = [
      { validFromTime: after(-1) },
      { validUntilTime: after(-1) },
      { currencyCode: 'XXX' },
      { payee: 'somebody' },
      { payeeKind: Payee.DRIVER, payee: 'no-id' },
      { bearer: Bearer.PLATFORM },
      { minAmount: francs(5), maxAmount: francs(4) },
      { fixedAmount: francs(-1) },
      { fixedAmount: moneyToProto(money('KES', 100)) },
      { fixedAmount: { currencyCode: 'RWF', units: 1n, nanos: 500_000_000 } },
    ]
    for (const change of wrong) expect([change, await outcome(make(change))]).toEqual([change, 'FEE_RULE_INVALID'])
    expect(await outcome(staff.endFeeRule({ feeRuleId: newId() }))).toBe('FEE_RULE_UNKNOWN')
    const sql = suite.sql('payment')
    await expect(sql`update fee_rule set basis_points = 1`).rejects.toThrow('never changed otherwise')
    await expect(sql`update fee_rule set valid_until = null`).rejects.toThrow('never changed otherwise')
    await expectBooksInBalance(suite)
  },
  { env: { PAYMENT_FEE_BASIS_POINTS: '250' }, timeoutMs: 90_000 },
)
