import fc from 'fast-check'
import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { Method, PaymentIntent_State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Refund_State as State } from '#gen/tms/payment/v1/refund_pb.ts'
import { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, type Order, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld, env: { PAYMENT_REFUND_OWN_LIMITS: 'RWF:2000' } }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason
const permissions = ['payment.refunds.create', 'payment.refunds.approve', 'payment.refunds.read']

const clerk = (suite: Suite, tenantId = TENANT) =>
  suite.client(RefundService, { userId: newId(), tenantId, permissions })

function wish({ paymentIntentId }: Order, minor: number, refundId = newId()) {
  return { refundId, paymentIntentId, amount: moneyToProto(money('RWF', minor)), reason: 'lost luggage' }
}

async function cashOrder(suite: Suite): Promise<Order> {
  const order = await placeOrder(suite)
  const may = ['payment.intents.pay', 'payment.cash.collect']
  const agent = suite.client(PaymentService, { userId: newId(), tenantId: TENANT, permissions: may })
  const { paymentIntentId } = order
  await agent.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: newId() })
  return order
}

placements(
  'one member of staff gives back a little alone; more takes a second person, and nothing leaves before',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const [maker, checker] = [clerk(suite), clerk(suite)]
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, PaymentIntent_State.SUCCEEDED)
    const { refund: small } = await maker.createRefund(wish(order, 1_000))
    expect(small?.state).toBe(State.CREATED)
    const stateOf = async (refundId: string) => (await maker.getRefund({ refundId })).refund?.state
    const ended = (refundId: string, state: State) =>
      eventually(async () => ((await stateOf(refundId)) === state ? true : undefined), `refund in state ${state}`)
    await ended(small?.refundId ?? '', State.SUCCEEDED)

    const large = wish(order, 2_500)
    const { refund: waiting } = await maker.createRefund(large)
    expect(waiting?.state).toBe(State.AWAITING_APPROVAL)
    // What awaits approval is set aside: it cannot be given twice.
    await expect(maker.createRefund(wish(order, 1_001))).rejects.toSatisfy(because('REFUND_EXCEEDS_CAPTURE'))
    await suite.advance({ minutes: 10 })
    expect(world.sandbox.totals()['RWF']?.paidOut.count ?? 0).toBe(0)
    const decision = { refundId: large.refundId, approve: true }
    const own = maker.decideRefund({ ...decision, idempotencyKey: newId() })
    await expect(own).rejects.toSatisfy(because('SAME_PERSON'))
    await checker.decideRefund({ ...decision, idempotencyKey: newId() })
    const again = checker.decideRefund({ ...decision, approve: false, idempotencyKey: newId() })
    await expect(again).rejects.toSatisfy(because('ALREADY_DECIDED'))
    await ended(large.refundId, State.SUCCEEDED)
    // A part was reversed before: the second part goes as a payout.
    expect(world.sandbox.totals()['RWF']).toMatchObject({ reversed: { amount: 1_000 }, paidOut: { amount: 2_500 } })

    const page = await maker.listRefunds({ pageSize: 1 })
    expect(page.refunds).toMatchObject([{ refundId: large.refundId }])
    const next = await maker.listRefunds({ pageSize: 1, pageToken: page.nextPageToken })
    expect(next.refunds).toMatchObject([{ refundId: small?.refundId }])
    expect((await maker.listRefunds({ state: State.FAILED })).refunds).toEqual([])
    const stranger = clerk(suite, newId())
    await expect(stranger.getRefund({ refundId: large.refundId })).rejects.toSatisfy(because('REFUND_UNKNOWN'))
    await expect(stranger.createRefund(wish(order, 10))).rejects.toSatisfy(because('INTENT_UNKNOWN'))
  },
  outside,
)

placements(
  'what the second person refuses can be given back anew, also as cash over the counter',
  [payment],
  async (suite) => {
    const [maker, checker] = [clerk(suite), clerk(suite)]
    const order = await cashOrder(suite)
    const { refundId } = (await maker.createRefund(wish(order, 4_500))).refund ?? { refundId: '' }
    await checker.decideRefund({ refundId, approve: false, idempotencyKey: newId() })
    expect((await maker.getRefund({ refundId })).refund?.state).toBe(State.REJECTED)
    const anew = wish(order, 4_500)
    await maker.createRefund(anew)
    const { refund } = await checker.decideRefund({ refundId: anew.refundId, approve: true, idempotencyKey: newId() })
    expect(refund?.state).toBe(State.SUCCEEDED)
    const forged = suite.sql('payment')`update payment_refund set checker_user_id = maker_user_id`
    await expect(forged).rejects.toThrow('payment_refund_two_people')
  },
  outside,
)

placements(
  'however partial refunds race, never more is given back than was captured, and none is refused that would fit',
  [payment],
  async (suite) => {
    const desk = clerk(suite)
    const parts = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 2, maxLength: 10 })
    const rule = fc.asyncProperty(parts, async (amounts) => {
      const order = await cashOrder(suite)
      const answers = await Promise.allSettled(amounts.map((minor) => desk.createRefund(wish(order, minor))))
      const given = amounts.filter((_, n) => answers[n]?.status === 'fulfilled').reduce((sum, minor) => sum + minor, 0)
      expect(given).toBeLessThanOrEqual(4_500)
      for (const [n, answer] of answers.entries()) {
        if (answer.status === 'fulfilled') continue
        expect(reasonOf(answer.reason)).toBe('REFUND_EXCEEDS_CAPTURE')
        expect(given + (amounts[n] ?? 0)).toBeGreaterThan(4_500)
      }
      expect(Number((await intentOf(suite, order)).refundedAmount?.units)).toBe(given)
    })
    await fc.assert(rule, { numRuns: 8, endOnFailure: true })
  },
  { ...outside, placements: ['memory'] },
)
