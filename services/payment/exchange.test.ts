import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { RefundSettledSchema } from '#gen/tms/payment/v1/events_pb.ts'
import { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { AccountKind } from '#gen/tms/payment/v1/ledger_pb.ts'
import { Method, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, type Order, placeOrder, reached } from './testing/orders.ts'
import type { PaymentWorld } from './testing/outside.ts'
import { begin, paypalWorld, RATE, setRate, staff } from './testing/paypal.ts'

const outside = { outside: paypalWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

const quoteOf = (order: Order) =>
  order.passenger.quotePayment({ paymentIntentId: order.paymentIntentId, method: Method.PAYPAL })

async function paid(suite: Suite, world: PaymentWorld): Promise<Order> {
  world.connect(suite)
  const order = await placeOrder(suite)
  const { orderId } = await begin(suite, world, order, await setRate(suite))
  world.sandbox.paypal.approve(orderId)
  await reached(suite, order, State.SUCCEEDED)
  return order
}

function refund(suite: Suite, { paymentIntentId }: Order, minor: number) {
  const amount = moneyToProto(money('RWF', minor))
  const request = { refundId: newId(), paymentIntentId, amount, reason: 'trip cancelled' }
  return suite.peer(PaymentService, 'ticketing').refundPayment(request)
}

async function refunded(suite: Suite, count: number) {
  await eventually(async () => {
    const [row] = await suite.sql('payment')`select count(*)::int as n from payment_refund where state = 'SUCCEEDED'`
    return row?.['n'] === count ? true : undefined
  }, `${count} refunds settled`)
}

placements(
  'a payer sees what is charged before confirming, and is charged that, also when the rate has changed meanwhile',
  [payment],
  async (suite, world) => {
    const seen = await setRate(suite)
    const order = await placeOrder(suite)
    const { quote } = await quoteOf(order)
    expect(quote).toMatchObject({
      exchangeRateId: seen,
      rate: '0.0007140000',
      amount: { currencyCode: 'RWF', units: 4500n },
      providerAmount: { currencyCode: 'USD', units: 3n, nanos: 220_000_000 },
    })
    suite.clock.advance({ seconds: 1 })
    const dearer = await setRate(suite, { rate: '0.001' })
    expect((await quoteOf(order)).quote).toMatchObject({ exchangeRateId: dearer, providerAmount: { units: 4n } })
    await begin(suite, world, order, seen)
    expect(world.sandbox.paypal.orders()).toMatchObject([{ unit: { amount: { value: '3.22' } } }])
  },
  outside,
)

placements('a quote that is not honoured any more is refused, and nothing is begun', [payment], async (suite) => {
  const order = await placeOrder(suite, { expireTime: timestampFromMs(suite.clock.now().getTime() + 7_200_000) })
  const pay = (exchangeRateId: string) => order.pay({ method: Method.PAYPAL, phone: '', exchangeRateId })
  await expect(quoteOf(order)).rejects.toSatisfy(because('RATE_UNAVAILABLE'))
  const seen = await setRate(suite)
  await expect(pay('')).rejects.toSatisfy(because('METHOD_UNSUITABLE'))
  await expect(pay(newId())).rejects.toSatisfy(because('QUOTE_EXPIRED'))
  suite.clock.advance({ seconds: 1 })
  await setRate(suite, { forSeconds: 1800 })
  suite.clock.advance({ minutes: 15 })
  await expect(pay(seen)).rejects.toSatisfy(because('QUOTE_EXPIRED')) // replaced too long ago
  const { quote } = await quoteOf(order)
  suite.clock.advance({ minutes: 20 })
  await expect(pay(quote?.exchangeRateId ?? '')).rejects.toSatisfy(because('QUOTE_EXPIRED')) // run out
  await expect(quoteOf(order)).rejects.toSatisfy(because('RATE_UNAVAILABLE')) // stale: none is made up
  expect(await intentOf(suite, order)).toMatchObject({ state: State.REQUIRES_PAYMENT, attemptCount: 0 })
})

placements(
  'refunds go by the rate of the payment, come to what was taken and never to more, and books stay in francs',
  [payment],
  async (suite, world) => {
    const order = await paid(suite, world)
    await setRate(suite, { rate: '0.002' }) // whatever the rate is now
    await refund(suite, order, 1000)
    await refunded(suite, 1)
    await refund(suite, order, 2000)
    await refunded(suite, 2)
    await expect(refund(suite, order, 1501)).rejects.toSatisfy(because('REFUND_EXCEEDS_CAPTURE'))
    await expect(refund(suite, order, 4)).rejects.toSatisfy(because('METHOD_UNSUITABLE')) // less than a cent
    await refund(suite, order, 1500)
    await refunded(suite, 3)
    await suite.settle()
    expect(world.sandbox.paypal.totals()).toEqual({ USD: { captured: 322, refunded: 322 } })
    const amounts = world.sandbox.requests('/refund').map(({ body }) => body['amount'])
    expect(amounts).toEqual(['0.71', '1.43', '1.08'].map((value) => ({ currency_code: 'USD', value })))
    const told = await suite.published(RefundSettledSchema)
    expect(told.map(({ amount }) => amount?.units)).toEqual([1000n, 2000n, 1500n])
    const platform = suite.client(PaymentService, { userId: newId(), permissions: ['payment.platform.read'] })
    const { lines } = await platform.getPlatformTrialBalance({})
    expect(new Set(lines.map(({ debitTotal }) => debitTotal?.currencyCode))).toEqual(new Set(['RWF']))
    const clearing = lines.find(({ account }) => account?.kind === AccountKind.PROVIDER_CLEARING)
    expect(clearing).toMatchObject({
      account: { holder: 'paypal' },
      debitTotal: { units: 4500n },
      creditTotal: { units: 4500n },
    })
  },
  outside,
)

placements(
  'a refund whose answer is lost is sent again under the same id, and one under review is asked after',
  [payment],
  async (suite, world) => {
    const order = await paid(suite, world)
    world.sandbox.scenario({ paypalRefund: 'lost-answer' })
    await refund(suite, order, 2000)
    await eventually(async () => (world.sandbox.requests('/refund').length > 0 ? true : undefined), 'a refund')
    world.sandbox.scenario({ paypalRefund: 'PENDING' })
    for (let i = 0; i < 4; i++) await suite.advance({ seconds: 30 })
    await refunded(suite, 1)
    expect(world.sandbox.paypal.totals()).toMatchObject({ USD: { refunded: 143 } })
    expect(world.sandbox.requests('/refund').length).toBeGreaterThan(1)
    await refund(suite, order, 2500)
    await suite.advance({ seconds: 30 })
    const [row] = await suite.sql('payment')`select state from payment_refund order by create_time desc limit 1`
    expect(row).toMatchObject({ state: 'PENDING' })
  },
  outside,
)

placements(
  'rates are set by the platform’s staff alone, once for each id, and are never changed',
  [payment],
  async (suite) => {
    const exchangeRateId = newId()
    const expireTime = timestampFromMs(suite.clock.now().getTime() + 3_600_000)
    const request = { ...RATE, exchangeRateId, expireTime }
    const set = (change = {}) => staff(suite).setExchangeRate({ ...request, ...change })
    expect((await set()).exchangeRate).toMatchObject({ ...RATE, exchangeRateId })
    await set()
    await expect(set({ rate: '0.0008' })).rejects.toSatisfy(because('IDEMPOTENCY_KEY_REUSED'))
    const invalid = [
      { fromCurrency: 'USD' },
      { fromCurrency: 'XXX' },
      { rate: '0.0' },
      { rate: '-1' },
      { rate: '1e3' },
      { expireTime: timestampFromMs(suite.clock.now().getTime()) },
      { expireTime: timestampFromMs(suite.clock.now().getTime() + 32 * 86_400_000) },
      { marginBasisPoints: 2001 },
    ]
    for (const change of invalid) {
      await expect(set({ exchangeRateId: newId(), ...change })).rejects.toSatisfy(because('REQUEST_INVALID'))
    }
    await setRate(suite, { rate: '0.0009' })
    const first = await staff(suite).listExchangeRates({ pageSize: 1 })
    expect(first.exchangeRates).toMatchObject([{ rate: '0.0009' }])
    const second = await staff(suite).listExchangeRates({ pageSize: 1, pageToken: first.nextPageToken })
    expect(second.exchangeRates).toMatchObject([{ exchangeRateId }])
    const passenger = suite.client(ExchangeRateService, { userId: newId(), permissions: ['payment.intents.pay'] })
    await expect(passenger.listExchangeRates({})).rejects.toThrow()
    await expect(suite.sql('payment')`update exchange_rate set rate = 1`).rejects.toThrow('append-only')
  },
)
