import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  RefundFailedSchema,
  RefundSettledSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import {
  Method,
  PaymentAttempt_State as Attempt,
  PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { Refund_State } from '#gen/tms/payment/v1/refund_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, type Order, phones, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

async function paidOrder(suite: Suite, world: PaymentWorld, phone: string = phones.approves): Promise<Order> {
  world.connect(suite)
  const order = await placeOrder(suite)
  await order.pay({ phone })
  await reached(suite, order, State.SUCCEEDED)
  return order
}

function refund(suite: Suite, { paymentIntentId }: Order, minor: number, refundId = newId()) {
  const amount = moneyToProto(money('RWF', minor))
  const request = { refundId, paymentIntentId, amount, reason: 'trip cancelled' }
  return suite.peer(PaymentService, 'ticketing').refundPayment(request)
}

async function settled(suite: Suite, count: number) {
  await eventually(async () => {
    const [row] = await suite.sql('payment')`select count(*)::int as n from payment_refund where state = 'SUCCEEDED'`
    return row?.['n'] === count ? true : undefined
  }, `${count} refunds settled`)
  return suite.published(RefundSettledSchema)
}

async function stateOfRefund(suite: Suite, state: string) {
  return eventually(async () => {
    const rows = await suite.sql('payment')`select refund_id from payment_refund where state = ${state}`
    return rows[0]
  }, `a refund in ${state}`)
}

placements(
  'a payment is given back by reversal, wholly, and told once',
  [payment],
  async (suite, world) => {
    const order = await paidOrder(suite, world)
    const { refund: asked } = await refund(suite, order, 4500)
    expect(asked).toMatchObject({ state: Refund_State.CREATED, orderId: order.orderId })
    expect(await settled(suite, 1)).toMatchObject([{ orderId: order.orderId, amount: { units: 4500n } }])
    expect(world.sandbox.totals()['RWF']).toMatchObject({ charged: { amount: 4500 }, reversed: { amount: 4500 } })
    expect(await intentOf(suite, order)).toMatchObject({ refundedAmount: { units: 4500n }, state: State.SUCCEEDED })
  },
  outside,
)

placements(
  'several parts are given back, the first by reversal and the next by payout, and never more than was paid [S4-25]',
  [payment],
  async (suite, world) => {
    const order = await paidOrder(suite, world)
    await refund(suite, order, 1000)
    await settled(suite, 1)
    await refund(suite, order, 2000)
    expect(await settled(suite, 2)).toHaveLength(2)
    await expect(refund(suite, order, 1501)).rejects.toSatisfy(because('REFUND_EXCEEDS_CAPTURE'))
    await refund(suite, order, 1500)
    await settled(suite, 3)
    await expect(refund(suite, order, 1)).rejects.toSatisfy(because('REFUND_EXCEEDS_CAPTURE'))
    expect(world.sandbox.totals()['RWF']).toMatchObject({ reversed: { amount: 1000 }, paidOut: { amount: 3500 } })
  },
  outside,
)

placements(
  'refunds that race never give back more than was paid',
  [payment],
  async (suite, world) => {
    const order = await paidOrder(suite, world)
    const racing = await Promise.allSettled(Array.from({ length: 10 }, () => refund(suite, order, 1000)))
    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect(await intentOf(suite, order)).toMatchObject({ refundedAmount: { units: 4000n } })
    const sql = suite.sql('payment')
    const forced = sql`update payment_intent set refunded_minor = 4501 where payment_intent_id = ${order.paymentIntentId}`
    await expect(forced).rejects.toThrow('payment_intent_refund_within_capture')
  },
  outside,
)

placements(
  'what the provider is not sure of is asked, never refunded twice: its time-out, and a lost answer [S4-25, S4-26]',
  [payment],
  async (suite, world) => {
    const order = await paidOrder(suite, world)
    world.sandbox.phone(phones.approves).scenario({ queueTimeout: true })
    await refund(suite, order, 4500)
    await stateOfRefund(suite, 'UNKNOWN')
    await suite.advance({ seconds: 11 })
    await settled(suite, 1)
    expect(world.sandbox.requests('reversal')).toHaveLength(1)
    expect(world.sandbox.totals()['RWF']).toMatchObject({ reversed: { count: 1, amount: 4500 } })
  },
  outside,
)

placements(
  'a refund whose call nobody remembers is sent again, and the provider recognises it',
  [payment],
  async (suite, world) => {
    const order = await paidOrder(suite, world)
    world.sandbox.phone(phones.approves).scenario({ callbackLost: true })
    await refund(suite, order, 4500)
    await stateOfRefund(suite, 'PENDING')
    await eventually(async () => world.sandbox.totals()['RWF']?.reversed.count, 'reversed')
    world.sandbox.phone(phones.approves).scenario({ callbackLost: false })
    // As a process leaves it that dies between the call and its answer.
    await suite.sql('payment')`update payment_refund set state = 'UNKNOWN', request_reference = null`
    for (let round = 0; round < 3; round++) await suite.advance({ seconds: 30 })
    await settled(suite, 1)
    expect(world.sandbox.totals()['RWF']).toMatchObject({ reversed: { count: 1, amount: 4500 } })
  },
  outside,
)

placements(
  'a refund that the provider refuses is told, and the money can be refunded anew',
  [payment],
  async (suite, world) => {
    const order = await paidOrder(suite, world)
    world.sandbox.phone(phones.approves).scenario({ operationCode: '2006' })
    await refund(suite, order, 4500)
    await stateOfRefund(suite, 'FAILED')
    expect(await suite.published(RefundFailedSchema)).toMatchObject([{ orderId: order.orderId }])
    expect(await suite.published(PaymentAlertRaisedSchema)).toMatchObject([{ kind: Alert.REFUND_REFUSED }])
    expect(await intentOf(suite, order)).toMatchObject({ refundedAmount: { units: 0n } })
    world.sandbox.phone(phones.approves).scenario({ operationCode: '0' })
    await refund(suite, order, 4500)
    await settled(suite, 1)
  },
  outside,
)

placements(
  'a payment whose receipt was never told is refunded by the receipt in the list of the provider',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    await order.pay({ phone: phones.lost })
    await eventually(async () => world.sandbox.totals()['RWF']?.charged.count, 'money taken')
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    await suite.advance({ seconds: 11 })
    expect((await intentOf(suite, order)).latestAttempt).toMatchObject({ state: Attempt.SUCCEEDED, receipt: '' })
    world.sandbox.phone(phones.lost).scenario({ callbackLost: false })
    await refund(suite, order, 4500)
    await settled(suite, 1)
  },
  outside,
)

placements(
  'an order that is paid twice keeps the first payment and gives the second back',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const phone = world.sandbox.phone(phones.approves)
    phone.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    await phone.nextPrompt()
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    // The provider's word that the first had failed turns out to be wrong after the second was paid.
    const [first] = await suite.sql('payment')`select attempt_id from payment_attempt`
    await suite.sql('payment').begin(async (sql) => {
      await sql`update payment_attempt set state = 'FAILED', failure_reason = 'TIMED_OUT', next_action_time = null`
      await sql`update payment_intent set state = 'REQUIRES_PAYMENT'`
    })
    await order.pay({ phone: '+250788200007' })
    await reached(suite, order, State.SUCCEEDED)
    phone.approve()
    await settled(suite, 1)
    const paid = await intentOf(suite, order)
    expect(paid).toMatchObject({ capturedAmount: { units: 9000n }, refundedAmount: { units: 4500n } })
    expect(paid.latestAttempt?.attemptId).not.toBe(first?.['attempt_id'])
    expect(await suite.published(PaymentAlertRaisedSchema)).toMatchObject([{ kind: Alert.DOUBLE_CAPTURE }])
    expect(world.sandbox.totals()['RWF']).toMatchObject({ charged: { amount: 9000 }, reversed: { amount: 4500 } })
  },
  outside,
)

placements('cash is given back over the counter, at once', [payment], async (suite) => {
  const order = await placeOrder(suite)
  const permissions = ['payment.intents.pay', 'payment.cash.collect']
  const agent = suite.client(PaymentService, { userId: newId(), tenantId: TENANT, permissions })
  const { paymentIntentId } = order
  await agent.confirmPaymentIntent({ paymentIntentId, method: Method.CASH, idempotencyKey: newId() })
  expect((await refund(suite, order, 4500)).refund?.state).toBe(Refund_State.SUCCEEDED)
  expect(await suite.published(RefundSettledSchema)).toHaveLength(1)
})

placements('what is not paid, not there, or paid in other money is not refunded', [payment], async (suite) => {
  const order = await placeOrder(suite)
  await expect(refund(suite, order, 100)).rejects.toSatisfy(because('INTENT_UNPAID'))
  await expect(refund(suite, { ...order, paymentIntentId: newId() }, 100)).rejects.toSatisfy(because('INTENT_UNKNOWN'))
  await expect(refund(suite, order, 0)).rejects.toSatisfy(because('REQUEST_INVALID'))
})
