import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import {
  Method,
  PaymentAttempt_State as Attempt,
  PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { newId, phones, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'
import { paypalWorld, setRate } from './testing/paypal.ts'

const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

const wallets = [
  { wallet: 'M-Pesa', method: Method.MPESA, phone: phones.approves, charge: 'stkpush/' },
  { wallet: 'MTN MoMo', method: Method.MTN, phone: '+250788100107', charge: 'collection/v1_0/requesttopay' },
  { wallet: 'Airtel Money', method: Method.AIRTEL, phone: '+250730100007', charge: 'merchant/v1/payments/' },
] as const

for (const { wallet, method, phone, charge } of wallets) {
  placements(
    `${wallet}: the same key a hundred times in parallel is one prompt, one charge, one answer [S1-30, S2-38, S2-106]`,
    [payment],
    async (suite, world) => {
      world.connect(suite)
      world.sandbox.scenario({ answer: 'manual' })
      const order = await placeOrder(suite)
      const idempotencyKey = newId()
      const pay = () => order.pay({ method, phone, idempotencyKey })
      const answers = await Promise.all(Array.from({ length: 100 }, pay))
      expect(new Set(answers.map(({ paymentIntent }) => paymentIntent?.latestAttempt?.attemptId)).size).toBe(1)
      await world.sandbox.phone(phone).nextPrompt()
      world.sandbox.phone(phone).approve()
      await reached(suite, order, State.SUCCEEDED)
      // The first answer stays the answer, also when it is asked for after the end.
      expect((await pay()).paymentIntent?.state).toBe(State.PROCESSING)
      expect(world.sandbox.requests(charge).filter((one) => one.method === 'POST')).toHaveLength(1)
      expect(world.sandbox.totals()['RWF']?.charged.count).toBe(1)
      await suite.settle()
      expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
    },
    { ...outside, timeoutMs: 60_000 },
  )
}

placements(
  'PayPal: the same key a hundred times in parallel is one order on one page, one capture, one answer [S1-30, S2-38, S2-106]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const exchangeRateId = await setRate(suite)
    const order = await placeOrder(suite)
    const request = { method: Method.PAYPAL, phone: '', exchangeRateId, idempotencyKey: newId() }
    const pay = () => order.pay(request)
    const answers = await Promise.all(Array.from({ length: 100 }, pay))
    const attemptId = answers[0]?.paymentIntent?.latestAttempt?.attemptId ?? ''
    expect(new Set(answers.map(({ paymentIntent }) => paymentIntent?.latestAttempt?.attemptId))).toEqual(
      new Set([attemptId]),
    )
    const { id } = await world.sandbox.paypal.nextOrder()
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    world.sandbox.paypal.approve(id)
    // The payer, who is back, presses as often.
    await Promise.all(Array.from({ length: 100 }, () => order.passenger.finishApproval({ attemptId, declined: false })))
    await reached(suite, order, State.SUCCEEDED)
    expect((await pay()).paymentIntent?.state).toBe(State.PROCESSING)
    expect(world.sandbox.paypal.orders()).toHaveLength(1)
    expect(world.sandbox.paypal.totals()).toEqual({ USD: { captured: 322, refunded: 0 } })
    await suite.settle()
    expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
  },
  { outside: paypalWorld, timeoutMs: 60_000 },
)

placements(
  'the same key with another phone is refused, and another passenger may use the same key [S1-30]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    const idempotencyKey = newId()
    await order.pay({ idempotencyKey })
    const other = order.pay({ idempotencyKey, phone: '+250788999007' })
    await expect(other).rejects.toSatisfy(because('IDEMPOTENCY_KEY_REUSED'))
    const neighbour = await placeOrder(suite)
    await neighbour.pay({ idempotencyKey })
    await reached(suite, neighbour, State.SUCCEEDED)
  },
  outside,
)

placements(
  'the key is seen in Redis, and a flushed Redis charges nobody twice [S2-38, S2-54, S2-104]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    const idempotencyKey = newId()
    const first = await order.pay({ idempotencyKey })
    await reached(suite, order, State.SUCCEEDED)
    const keys = await suite.redis.keys(`${suite.namespace}:idempotency:payment:*${idempotencyKey}`)
    expect(keys).toHaveLength(1)
    const secondsLeft = await suite.redis.ttl(keys[0]!)
    expect([secondsLeft > 86_000, secondsLeft <= 86_400]).toEqual([true, true])
    await suite.redis.del(...(await suite.redis.keys(`${suite.namespace}:*`)))
    const again = await order.pay({ idempotencyKey })
    expect(again.paymentIntent?.latestAttempt?.attemptId).toBe(first.paymentIntent?.latestAttempt?.attemptId)
    expect(world.sandbox.totals()['RWF']?.charged.count).toBe(1)
  },
  outside,
)

placements('an order is asked for once: its id with another amount is refused [S1-30]', [payment], async (suite) => {
  const { paymentIntentId, tenantId, payerUserId, amount, orderId, orderReference, description, expireTime } =
    await placeOrder(suite)
  const request = { paymentIntentId, tenantId, payerUserId, amount, orderId, orderReference, description, expireTime }
  const changed = suite.peer(PaymentService, 'ticketing').createPaymentIntent({ ...request, description: 'changed' })
  await expect(changed).rejects.toSatisfy(because('IDEMPOTENCY_KEY_REUSED'))
  const other = { ...request, amount: moneyToProto(money('RWF', 1)) }
  const cheaper = suite.peer(PaymentService, 'ticketing').createPaymentIntent(other)
  await expect(cheaper).rejects.toSatisfy(because('IDEMPOTENCY_KEY_REUSED'))
  // The first answer stays the answer, also when the order has gone on meanwhile.
  await suite.peer(PaymentService, 'ticketing').cancelPaymentIntent({ paymentIntentId })
  const again = await suite.peer(PaymentService, 'ticketing').createPaymentIntent(request)
  expect(again.paymentIntent).toMatchObject({ state: State.REQUIRES_PAYMENT, revision: 1n })
})

placements(
  'payments that counters took in cash are written down and booked once each, also when batches overlap; what is owed back lies in suspense',
  [payment],
  async (suite) => {
    const payments = suite.peer(PaymentService, 'ticketing')
    const tenantId = newId()
    const taken = Array.from({ length: 6 }, (_, i) => ({
      paymentIntentId: newId(),
      orderId: newId(),
      orderReference: `C${i}XXXXXXX`,
      description: 'Sold at a counter',
      amount: { currencyCode: 'RWF', units: 1_000n + BigInt(i) },
      collectTime: { seconds: 1_795_154_400n },
      collectorUserId: newId(),
      owedBack: i === 5,
    }))
    await Promise.all([
      payments.recordCashPayments({ tenantId, payments: taken.slice(0, 4) }),
      payments.recordCashPayments({ tenantId, payments: taken.slice(2) }),
    ])
    expect(await payments.recordCashPayments({ tenantId, payments: taken })).toMatchObject({ recordedCount: 0 })
    const sql = suite.sql('payment')
    const entries = await sql<{ credit: string; minor: string }[]>`
      select credit_kind as credit, amount_minor as minor from journal_transfer
      where debit_kind = 'CASH' and debit_holder = ${tenantId} order by amount_minor`
    expect(entries.map(({ credit, minor }) => [credit, Number(minor)])).toEqual([
      ...[1_000, 1_001, 1_002, 1_003, 1_004].map((minor) => ['TENANT_PAYABLE', minor]),
      ['SUSPENSE', 1_005],
    ])
    const history = await sql<{ entity: string; from_state: string; to_state: string; changes: number }[]>`
      select entity, from_state, to_state, count(*)::int as changes from state_change group by 1, 2, 3 order by 1`
    expect(history).toEqual([
      { entity: 'ATTEMPT', from_state: 'CREATED', to_state: 'SUCCEEDED', changes: 6 },
      { entity: 'INTENT', from_state: 'REQUIRES_PAYMENT', to_state: 'SUCCEEDED', changes: 6 },
    ])
    // Refunded as any payment: never more than was taken, and out of suspense what lies there.
    const refund = { refundId: newId(), paymentIntentId: taken[5]!.paymentIntentId, reason: 'no seat' }
    const tooMuch = payments.refundPayment({ ...refund, amount: { currencyCode: 'RWF', units: 1_006n } })
    await expect(tooMuch).rejects.toSatisfy(because('REFUND_EXCEEDS_CAPTURE'))
    await payments.refundPayment({ ...refund, refundId: newId(), amount: { currencyCode: 'RWF', units: 1_005n } })
    const [left] = await sql<{ minor: string }[]>`
      select sum(case when credit_kind = 'SUSPENSE' then amount_minor else -amount_minor end) as minor
      from journal_transfer where 'SUSPENSE' in (debit_kind, credit_kind)`
    expect(left?.minor).toBe('0')
  },
  { timeoutMs: 60_000 },
)
