import { symbols } from 'pino'
import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { PaymentAttempt_State as Attempt, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { eventually, newId, phones, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld }
const OTHER = '0190f000-0000-7000-8000-0000000b0b0b'
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason
const reader = ['payment.intents.read', 'payment.reports.read']

placements(
  'where a payment stands is kept in Redis for five minutes, and a change replaces it at once [S3-88, S3-89, S3-92, S3-110]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    const { paymentIntentId } = order
    const key = `${suite.namespace}:payment:intent:${paymentIntentId}`
    const ask = async () => (await order.passenger.getPaymentIntent({ paymentIntentId })).paymentIntent?.state
    expect(await ask()).toBe(State.REQUIRES_PAYMENT)
    expect(await suite.redis.ttl(key)).toBeGreaterThan(295)
    expect(await suite.redis.ttl(key)).toBeLessThanOrEqual(300)
    // The cache is what answers: the database is not asked while it is fresh.
    await suite.sql('payment')`update payment_intent set description = 'changed past the service'`
    const cached = await order.passenger.getPaymentIntent({ paymentIntentId })
    expect(cached.paymentIntent?.description).toBe(order.description)
    // What it lacks is read, and kept.
    await suite.redis.del(key)
    const read = await order.passenger.getPaymentIntent({ paymentIntentId })
    expect(read.paymentIntent?.description).toBe('changed past the service')
    expect(await suite.redis.ttl(key)).toBeGreaterThan(295)

    await order.pay()
    // Nobody asks meanwhile: what settles the payment in the background keeps where it stands.
    const settled = async () => {
      const [row] = await suite.sql('payment')<{ revision: string }[]>`
        select revision::text from payment_intent where payment_intent_id = ${paymentIntentId} and state = 'SUCCEEDED'`
      return row && (await suite.redis.hget(key, 'revision')) === row.revision ? true : undefined
    }
    await eventually(settled, 'the settled payment in Redis')
    await eventually(async () => ((await ask()) === State.SUCCEEDED ? true : undefined), 'success in the cache')
  },
  outside,
)

placements(
  'who watches a payment sees it turn without asking again, until it ends [S3-61]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    const { paymentIntentId } = order
    const watches = [1, 2, 3].map(async () => {
      const seen: State[] = []
      for await (const { paymentIntent } of order.passenger.watchPaymentIntent({ paymentIntentId })) {
        if (paymentIntent && seen.at(-1) !== paymentIntent.state) seen.push(paymentIntent.state)
      }
      return seen
    })
    await order.pay()
    await world.sandbox.phone(phones.approves).nextPrompt()
    world.sandbox.phone(phones.approves).approve()
    for (const seen of await Promise.all(watches)) expect(seen.at(-1)).toBe(State.SUCCEEDED)
  },
  outside,
)

placements(
  'a watcher hears of a failed attempt and goes on watching',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    const { paymentIntentId } = order
    await order.pay({ phone: phones.declines })
    const seen: State[] = []
    for await (const { paymentIntent } of order.passenger.watchPaymentIntent({ paymentIntentId })) {
      if (paymentIntent && seen.at(-1) !== paymentIntent.state) seen.push(paymentIntent.state)
      if (paymentIntent?.state === State.REQUIRES_PAYMENT) await order.pay()
    }
    expect(seen.slice(-3)).toEqual([State.REQUIRES_PAYMENT, State.PROCESSING, State.SUCCEEDED])
  },
  outside,
)

placements(
  'a payment is shown to its payer, to the company that is paid, and to nobody else',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    const { paymentIntentId } = order
    const own = await order.passenger.getPaymentIntent({ paymentIntentId })
    expect(own.paymentIntent?.latestAttempt?.phone).toBe(phones.approves)

    const company = suite.client(PaymentService, { userId: newId(), tenantId: TENANT, permissions: reader })
    const seen = await company.getPaymentIntent({ paymentIntentId })
    expect(seen.paymentIntent?.latestAttempt?.phone).toBe('+2507•••••07')

    for (const who of [
      { userId: newId(), permissions: reader },
      { userId: newId(), tenantId: OTHER, permissions: reader },
      { userId: newId(), tenantId: TENANT, permissions: ['payment.intents.read'] },
    ]) {
      const stranger = suite.client(PaymentService, who)
      await expect(stranger.getPaymentIntent({ paymentIntentId })).rejects.toSatisfy(because('INTENT_UNKNOWN'))
      const watching = stranger.watchPaymentIntent({ paymentIntentId })[Symbol.asyncIterator]().next()
      await expect(watching).rejects.toSatisfy(because('INTENT_UNKNOWN'))
    }
  },
  outside,
)

placements('a company lists its own payments, newest first, page by page, by state', [payment], async (suite) => {
  const ids: string[] = []
  for (let n = 1; n <= 5; n++) {
    suite.clock.advance({ seconds: 1 })
    ids.unshift((await placeOrder(suite, { amount: moneyToProto(money('RWF', n)) })).paymentIntentId)
  }
  await placeOrder(suite, { tenantId: OTHER })
  const company = suite.client(PaymentService, { userId: newId(), tenantId: TENANT, permissions: reader })
  const seen: string[] = []
  let pageToken = ''
  do {
    const page = await company.listPaymentIntents({ pageSize: 2, pageToken })
    seen.push(...page.paymentIntents.map(({ paymentIntentId }) => paymentIntentId))
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  expect(seen).toEqual(ids)
  expect((await company.listPaymentIntents({ state: State.SUCCEEDED })).paymentIntents).toEqual([])
  expect((await company.listPaymentIntents({ state: State.REQUIRES_PAYMENT })).paymentIntents).toHaveLength(5)
})

placements(
  'the log tells of a payment and holds no phone number',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const written = logOf(suite)
    const order = await placeOrder(suite)
    await order.pay({ phone: phones.declines })
    await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    // A failed statement has the number among its parameters.
    const unlucky = await placeOrder(suite)
    await suite.sql('payment')`alter table payment_attempt rename to payment_attempt_gone`
    await expect(unlucky.pay()).rejects.toThrow('something went wrong')
    await suite.sql('payment')`alter table payment_attempt_gone rename to payment_attempt`
    expect(written.join('')).toContain('payment-succeeded')
    expect(written.join('')).toContain('unforeseen error')
    expect(written.join('')).not.toContain('788100')
  },
  outside,
)

/** Everything that the payment service logs from now on, at every level. */
function logOf(suite: Suite): string[] {
  const written: string[] = []
  const log = suite.host.runtimes.get('payment')?.ctx.log
  if (!log) throw new Error('payment does not run')
  log.level = 'trace'
  Object.assign(log, { [symbols.streamSym]: { write: (line: string) => written.push(line) } })
  return written
}
