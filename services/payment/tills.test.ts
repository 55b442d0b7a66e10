import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { FeeRule_Bearer, FeeRule_PayeeKind } from '#gen/tms/payment/v1/fee_rule_pb.ts'
import { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import { isCompanyMoney, normalSides } from './domain/books.ts'
import payment from './service.ts'
import { accountOf, expectBooksInBalance, francs, platformStaff, sellForCash } from './testing/books.ts'
import { newId, placeOrder } from './testing/orders.ts'

const rwf = (minor: number) => moneyToProto(money('RWF', minor))

placements(
  'of cash it is known who took it and what he earned by it, and moving it to the safe changes nothing of what the company is owed',
  [payment],
  async (suite) => {
    const [tenantId, agent] = [newId(), newId()]
    await platformStaff(suite).createFeeRule({
      idempotencyKey: newId(),
      feeRule: {
        feeRuleId: newId(),
        payeeKind: FeeRule_PayeeKind.AGENT,
        payee: agent,
        tenantId,
        currencyCode: 'RWF',
        basisPoints: 1_000,
        bearer: FeeRule_Bearer.COMPANY,
      },
    })
    const start = timestampFromDate(suite.clock.now())
    const first = await sellForCash(suite, tenantId, rwf(1_000), agent)
    suite.clock.advance({ minutes: 1 })
    const second = await sellForCash(suite, tenantId, rwf(500), agent)
    await sellForCash(suite, tenantId, rwf(700), newId())
    const unpaid = await placeOrder(suite, { tenantId })

    const till = suite.peer(TillService, 'ticketing')
    const mine = { tenantId, collectorUserId: agent, sinceTime: start, pageSize: 1 }
    const page = await till.listCollectedCash(mine)
    expect(page.collections).toMatchObject([{ paymentIntentId: first.paymentIntentId, amount: { units: 1_000n } }])
    const rest = await till.listCollectedCash({ ...mine, pageSize: 0, pageToken: page.nextPageToken })
    expect(rest.collections).toMatchObject([{ paymentIntentId: second.paymentIntentId, orderId: second.orderId }])
    expect((await till.listCollectedCash({ ...mine, tenantId: newId() })).collections).toEqual([])
    const notOurs = till.listCollectedCash({ ...mine, pageToken: 'bm9uc2Vuc2U' })
    expect(await notOurs.then(() => 'done', reasonOf)).toBe('PAGE_TOKEN_INVALID')

    expect(await till.getCashPayment({ paymentIntentId: first.paymentIntentId })).toMatchObject({ cash: true })
    expect(await till.getCashPayment({ paymentIntentId: unpaid.paymentIntentId })).toMatchObject({ cash: false })
    const nobody = till.getCashPayment({ paymentIntentId: newId() })
    expect(await nobody.then(() => 'done', reasonOf)).toBe('INTENT_UNKNOWN')

    suite.clock.advance({ minutes: 1 })
    const endTime = timestampFromDate(suite.clock.now())
    const account = { tenantId, agentUserId: agent, currencyCode: 'RWF', startTime: start, endTime }
    expect(await till.getAgentAccount(account)).toMatchObject({
      broughtForward: { units: 0n },
      commission: { units: 150n },
      paid: { units: 0n },
    })
    const after = { ...account, startTime: endTime }
    expect(await till.getAgentAccount(after)).toMatchObject({
      broughtForward: { units: 150n },
      commission: { units: 0n },
    })

    const sql = suite.sql('payment')
    const due = async () => {
      const [row] = await sql`select due_from(${tenantId}, 'TENANT_PAYABLE', ${tenantId}, 'RWF') as due`
      return BigInt(String(row?.['due']))
    }
    // All of it is in the company's own hands, but for what the agent is owed: that is the platform's to claim.
    expect(await due()).toBe(-150n)
    const [shift, ledger] = [newId(), suite.peer(LedgerService, 'ticketing')]
    const ways = [
      ['CASH_DRAWER', shift, 'CASH', tenantId],
      ['CASH_EXPENSE', tenantId, 'CASH_DRAWER', shift],
      ['CASH_IN_TRANSIT', tenantId, 'CASH_DRAWER', shift],
      ['COMPANY_BANK', tenantId, 'CASH_IN_TRANSIT', tenantId],
      ['CASH_SAFE', tenantId, 'COMPANY_BANK', tenantId],
      ['CASH_OVER_SHORT', tenantId, 'CASH_SAFE', tenantId],
    ] as const
    for (const [debit, to, credit, from] of ways) {
      const transfer = francs(300, accountOf(debit, to), accountOf(credit, from))
      await ledger.postTransfer({ transferId: newId(), tenantId, transfer })
    }
    expect(await due()).toBe(-150n)
    // The code and the database agree on what is the company's own.
    const kinds = Object.keys(normalSides) as (keyof typeof normalSides)[]
    const own = await sql`select kind, is_company_money(kind) as own from unnest(${kinds}::text[]) as kind`
    expect(own.filter((row) => row['own']).map((row) => String(row['kind']))).toEqual(kinds.filter(isCompanyMoney))
    await expectBooksInBalance(suite)
  },
  { env: { PAYMENT_FEE_BASIS_POINTS: '0' }, timeoutMs: 90_000 },
)
