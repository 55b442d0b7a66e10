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
import { Method, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import payment from './service.ts'
import { accountOf, expectBooksInBalance, francs, platformStaff } from './testing/books.ts'
import { newId, type Order, phones, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'

const rwf = (minor: number) => moneyToProto(money('RWF', minor))

/** What agents sell, have paid and paid back, and what the books say they are due. */
function deskOf(suite: Suite, world: PaymentWorld) {
  world.connect(suite)
  const platform = platformStaff(suite)
  const staff = (permissions: string[], userId = newId()) => ({ userId, tenantId: TENANT, permissions })
  const refunds = () =>
    suite.client(RefundService, staff(['payment.refunds.create', 'payment.refunds.approve', 'payment.refunds.read']))
  const [maker, checker] = [refunds(), refunds()]
  const start = timestampFromDate(suite.clock.now())
  return {
    platform,
    checker,
    makeRule: async (agent: string, basisPoints: number, change: MessageInitShape<typeof FeeRuleSchema> = {}) => {
      const whose = {
        payeeKind: Payee.AGENT,
        payee: agent,
        tenantId: TENANT,
        currencyCode: 'RWF',
        bearer: Bearer.COMPANY,
      }
      const feeRule = { ...whose, feeRuleId: newId(), basisPoints, ...change }
      await platform.createFeeRule({ feeRule, idempotencyKey: newId() })
      return feeRule
    },
    /** A seller sells, and the passenger pays by phone: each by one of its own, which shows one prompt at a time. */
    soldByPhone: async (sellerUserId: string, phone: string = phones.approves) => {
      const order = await placeOrder(suite, { sellerUserId, amount: rwf(4_500) })
      await order.pay({ phone })
      await reached(suite, order, State.SUCCEEDED)
      return order
    },
    payCash: async ({ paymentIntentId }: Order, collector: string) => {
      const desk = suite.client(PaymentService, staff(['payment.intents.pay', 'payment.cash.collect'], collector))
      await desk.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: newId() })
    },
    refund: async ({ paymentIntentId }: Order, minor: number) => {
      const refundId = newId()
      const request = { refundId, paymentIntentId, amount: rwf(minor), reason: 'trip cancelled' }
      await suite.peer(PaymentService, 'ticketing').refundPayment(request)
    },
    askFor: async ({ paymentIntentId }: Order, minor: number) => {
      const refundId = newId()
      await maker.createRefund({ refundId, paymentIntentId, amount: rwf(minor), reason: 'cold bus' })
      return refundId
    },
    accountOf: async (agentUserId: string) => {
      suite.clock.advance({ seconds: 1 })
      const account = await suite.peer(TillService, 'ticketing').getAgentAccount({
        ...{ tenantId: TENANT, agentUserId, currencyCode: 'RWF' },
        ...{ startTime: start, endTime: timestampFromDate(suite.clock.now()) },
      })
      const units = (amount: typeof account.commission) => Number(amount?.units ?? 0n)
      return {
        commission: units(account.commission),
        takenBack: units(account.takenBack),
        adjustments: units(account.adjustments),
        cashless: [account.cashlessSaleCount, units(account.cashlessSales)],
      }
    },
  }
}

placements(
  'who has sold earns the commission however it is paid, and a refund takes its share back by the rule of the sale, in parts that add up',
  [payment],
  async (suite, world) => {
    const { makeRule, soldByPhone, payCash, refund, accountOf: of, platform } = deskOf(suite, world)
    const [agent, other] = [newId(), newId()]
    const rule = await makeRule(agent, 1_000)
    const before = await soldByPhone(agent)
    expect(await of(agent)).toEqual({ commission: 450, takenBack: 0, adjustments: 0, cashless: [1, 4_500] })

    // Nobody has sold what passengers buy by themselves; who takes notes for what another has sold earns nothing by it.
    await soldByPhone('')
    const inCash = await placeOrder(suite, { sellerUserId: agent })
    await payCash(inCash, other)
    await makeRule(other, 500)
    const ownCash = await placeOrder(suite)
    await payCash(ownCash, other)
    expect(await of(agent)).toEqual({ commission: 900, takenBack: 0, adjustments: 0, cashless: [1, 4_500] })
    expect(await of(other)).toMatchObject({ commission: 225, cashless: [0, 0] })

    // Another rule from now on: what was sold under the old one is paid back by the old one.
    suite.clock.advance({ seconds: 1 })
    const changeTime = timestampFromDate(suite.clock.now())
    await platform.endFeeRule({ feeRuleId: rule.feeRuleId, endTime: changeTime })
    await makeRule(agent, 2_000)
    await refund(before, 1_000)
    expect(await of(agent)).toMatchObject({ commission: 900, takenBack: 100 })
    await refund(before, 4)
    expect(await of(agent)).toMatchObject({ takenBack: 100 })
    await refund(before, 3_496)
    expect(await of(agent)).toMatchObject({ commission: 900, takenBack: 450 })
    const after = await soldByPhone(agent)
    await refund(after, 4_500)
    await refund(inCash, 2_250)
    expect(await of(agent)).toEqual({
      ...{ commission: 900 + 900, takenBack: 450 + 900 + 225, adjustments: 0 },
      cashless: [2, 9_000],
    })
    await refund(ownCash, 4_500)
    expect(await of(other)).toMatchObject({ commission: 225, takenBack: 225 })
    // Refunds go on to their provider by themselves; books are compared when nothing moves any more.
    await suite.settle()
    await expectBooksInBalance(suite)
  },
  { outside: paymentWorld, timeoutMs: 90_000 },
)

placements(
  'commission that is taken back comes again when the refund is refused, whoever bears it; an agent who was paid before owes it, and may pay in a part',
  [payment],
  async (suite, world) => {
    const { makeRule, soldByPhone, refund, askFor, checker, accountOf: of, platform } = deskOf(suite, world)
    const agent = newId()
    await makeRule(agent, 1_000, { bearer: Bearer.PLATFORM })
    const order = await soldByPhone(agent)
    const refundId = await askFor(order, 3_000)
    expect(await of(agent)).toMatchObject({ commission: 450, takenBack: 300 })
    await checker.decideRefund({ refundId, approve: false, idempotencyKey: newId() })
    expect(await of(agent)).toMatchObject({ commission: 450, takenBack: 0 })
    const who = { userId: newId(), tenantId: TENANT, permissions: ['payment.ledger.read'] }
    const expense = async () => {
      const { lines } = await suite.client(PaymentService, { ...who, permissions: ['*'] }).getPlatformTrialBalance({})
      const line = lines.find(({ account }) => account?.kind === accountOf('COMMISSION_EXPENSE', '').kind)
      return (line?.debitTotal?.units ?? 0n) - (line?.creditTotal?.units ?? 0n)
    }
    expect(await expense()).toBe(450n)

    const [bank, float] = [accountOf('BANK', 'equity'), accountOf('AGENT_FLOAT', agent)]
    const adjust = (minor: number, way: 'in' | 'out') => {
      const transfer = way === 'in' ? francs(minor, bank, float) : francs(minor, float, bank)
      const adjustment = { adjustmentId: newId(), transfer, reason: 'paid by hand', tenantId: TENANT }
      return platform.postAdjustment(adjustment).then(() => 'done', reasonOf)
    }
    expect(await adjust(450, 'out')).toBe('done')
    await refund(order, 4_500)
    expect(await expense()).toBe(0n)
    expect(await adjust(1, 'out')).toBe('BALANCE_LIMIT')
    expect(await adjust(200, 'in')).toBe('done')
    const { balance } = await platform.getPlatformAccountBalance({ account: float })
    expect(balance).toMatchObject({ units: -250n })
    // Refunds go on to their provider by themselves; books are compared when nothing moves any more.
    await suite.settle()
    await expectBooksInBalance(suite)
  },
  { outside: paymentWorld, env: { PAYMENT_REFUND_OWN_LIMITS: 'RWF:2000' }, timeoutMs: 90_000 },
)
