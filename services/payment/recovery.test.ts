import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { ConnectError } from '@connectrpc/connect'
import { expect } from 'vitest'
import { reasonOf, registry } from '#kit'
import { placements, type Suite } from '#kit/testing'
import { RetryInfoSchema } from '#gen/google/rpc/error_details_pb.ts'
import { PaymentFailedSchema, PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import {
  FailureReason,
  PaymentAttempt_State as Attempt,
  PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, type Order, phones, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

/** An attempt as a process leaves it that dies between the record and the call. */
async function dieBeforeTheCall(suite: Suite, order: Order, phone: string): Promise<string> {
  const attemptId = newId()
  const now = suite.clock.now()
  await suite.sql('payment').begin(async (sql) => {
    await sql`insert into payment_attempt (attempt_id, payment_intent_id, tenant_id, payer_user_id, order_id,
        order_reference, description, provider, phone, currency, amount_minor, state, callback_token,
        next_action_time, cause, create_time, update_time)
      values (${attemptId}, ${order.paymentIntentId}, ${order.tenantId}, ${order.payerUserId}, ${order.orderId},
        ${order.orderReference}, ${order.description}, 'mpesa', ${phone}, 'RWF', 4500, 'CREATED', ${newId()},
        ${new Date(now.getTime() + 45_000)}, 'payer began to pay', ${now}, ${now})`
    await sql`update payment_intent set state = 'PROCESSING', attempt_id = ${attemptId}, attempt_count = 1
      where payment_intent_id = ${order.paymentIntentId}`
  })
  return attemptId
}

function breakerGauge(): Promise<string> {
  return registry.getSingleMetricAsString('tms_breaker_state')
}

async function historyOf(suite: Suite, entityId: string): Promise<string[]> {
  const rows = await suite.sql('payment')<{ to_state: string }[]>`
    select to_state from state_change where entity_id = ${entityId} order by change_id`
  return rows.map((row) => row.to_state)
}

placements(
  'a process that dies between record and call leaves an attempt that the provider is asked about, and never sends [S3-59]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    const attemptId = await dieBeforeTheCall(suite, order, phones.approves)
    await suite.advance({ seconds: 46 })
    expect(await intentOf(suite, order)).toMatchObject({ state: State.PROCESSING })
    await expect(order.pay()).rejects.toSatisfy(because('PAYMENT_IN_PROGRESS'))
    // Once every prompt would be over, the provider's own list says that there was none.
    for (let round = 0; round < 4; round++) await suite.advance({ seconds: 45 })
    const failed = await intentOf(suite, order)
    expect(failed).toMatchObject({ state: State.REQUIRES_PAYMENT })
    expect(failed.latestAttempt?.failureReason).toBe(FailureReason.NOT_RECEIVED)
    expect(await historyOf(suite, attemptId)).toEqual(['CREATED', 'UNKNOWN', 'FAILED'])
    expect(world.sandbox.requests('stkpush/')).toHaveLength(0)
    expect(await suite.published(PaymentFailedSchema)).toHaveLength(1)

    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    expect(world.sandbox.totals()['RWF']?.charged.count).toBe(1)
  },
  outside,
)

placements(
  "another payment in the provider's list that looks the same proves nothing, and keeps nobody waiting for ever [S4-26]",
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const [paid, neverSent] = [await placeOrder(suite), await placeOrder(suite)]
    await paid.pay()
    await reached(suite, paid, State.SUCCEEDED)
    await dieBeforeTheCall(suite, neverSent, phones.approves)
    for (let round = 0; round < 5; round++) await suite.advance({ seconds: 46 })
    const failed = await reached(suite, neverSent, State.REQUIRES_PAYMENT)
    expect(failed.latestAttempt?.failureReason).toBe(FailureReason.NOT_RECEIVED)
    expect(world.sandbox.totals()['RWF']?.charged.count).toBe(1)
  },
  { ...outside, placements: ['memory'] },
)

placements(
  'the answer to a prompt is lost: the payer is asked once, and pays once [S3-57, S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.phone(phones.approves).scenario({ outage: 'lost-answer', answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.PROCESSING, Attempt.UNKNOWN)
    await expect(order.pay()).rejects.toSatisfy(because('PAYMENT_IN_PROGRESS'))
    world.sandbox.phone(phones.approves).scenario({ outage: 'none' })
    world.sandbox.phone(phones.approves).approve()
    await reached(suite, order, State.SUCCEEDED)
    expect(world.sandbox.requests('stkpush/')).toHaveLength(1)
    expect(world.sandbox.totals()['RWF']?.charged).toEqual({ count: 1, amount: 4500 })
  },
  outside,
)

placements(
  'the answer and the callback are lost: the payment is found in the list of the provider [S4-26]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const phone = world.sandbox.phone(phones.approves)
    phone.scenario({ outage: 'lost-answer', callbackLost: true })
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.PROCESSING, Attempt.UNKNOWN)
    await eventually(async () => world.sandbox.totals()['RWF']?.charged.count, 'money taken')
    await suite.advance({ seconds: 11 })
    const paid = await intentOf(suite, order)
    expect(paid).toMatchObject({ state: State.SUCCEEDED })
    expect(paid.latestAttempt?.receipt).toBe(world.sandbox.payments(phones.approves)[0]?.outcome?.receipt)
    expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
  },
  outside,
)

placements(
  'a provider that does not take the request is tried again, with growing pauses, and pays once [S3-57, S3-62]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.phone(phones.approves).scenario({ outage: 'busy' })
    const order = await placeOrder(suite)
    await order.pay()
    const waiting = await reached(suite, order, State.PROCESSING, Attempt.RETRYING)
    expect(waiting.latestAttempt).toMatchObject({ sendCount: 1 })
    expect(waiting.latestAttempt?.nextActionTime).toBeDefined()
    await suite.advance({ seconds: 3 })
    expect((await intentOf(suite, order)).latestAttempt).toMatchObject({ sendCount: 2, state: Attempt.RETRYING })
    world.sandbox.phone(phones.approves).scenario({ outage: 'none' })
    await suite.advance({ seconds: 5 })
    await reached(suite, order, State.SUCCEEDED)
    expect(world.sandbox.totals()['RWF']?.charged.count).toBe(1)
  },
  outside,
)

placements(
  'a provider that stays away ends the attempt after four sends, and nothing was charged [S3-57]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const reopen = await world.sandbox.refuseConnections()
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.PROCESSING, Attempt.RETRYING)
    for (const seconds of [3, 5, 9]) await suite.advance({ seconds })
    const failed = await intentOf(suite, order)
    expect(failed).toMatchObject({ state: State.REQUIRES_PAYMENT, latestAttempt: { sendCount: 4 } })
    expect(failed.latestAttempt?.failureReason).toBe(FailureReason.PROVIDER_UNAVAILABLE)
    await reopen()
  },
  outside,
)

placements(
  'after five failures in a row the payer hears at once that the provider is away, and when to try again [S3-162, S3-163]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.phone(phones.approves).scenario({ outage: '503' })
    for (let failure = 0; failure < 5; failure++) {
      const order = await placeOrder(suite)
      await order.pay()
      await reached(suite, order, State.PROCESSING, Attempt.RETRYING)
    }
    // From here on the provider would never answer: whoever hears anything has not waited for it.
    world.sandbox.phone(phones.approves).scenario({ outage: 'hang' })
    const order = await placeOrder(suite)
    const refused = await order.pay().catch((err: unknown) => err)
    expect(reasonOf(refused)).toBe('PROVIDER_UNAVAILABLE')
    expect((refused as ConnectError).findDetails(RetryInfoSchema)).toHaveLength(1)
    expect(world.sandbox.requests('stkpush/')).toHaveLength(5)
    expect(await intentOf(suite, order)).toMatchObject({ state: State.REQUIRES_PAYMENT, attemptCount: 0 })
    expect(await breakerGauge()).toContain('target="mpesa-push"} 2')

    world.sandbox.phone(phones.approves).scenario({ outage: 'none' })
    await eventually(
      () =>
        order.pay().then(
          () => true,
          () => undefined,
        ),
      'half-open breaker',
    )
    await reached(suite, order, State.SUCCEEDED)
    expect(await breakerGauge()).toContain('target="mpesa-push"} 0')
  },
  { ...outside, env: { PAYMENT_BREAKER_SECONDS: '2', PAYMENT_QUEUE_PROVIDERS: 'none' } },
)

async function failFiveTimes(suite: Suite, world: PaymentWorld): Promise<void> {
  world.connect(suite)
  world.sandbox.phone(phones.approves).scenario({ outage: '503' })
  for (let failure = 0; failure < 5; failure++) {
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.PROCESSING, Attempt.RETRYING)
  }
}

placements(
  'while the provider is away payments are taken and wait, and no call is made [S3-163]',
  [payment],
  async (suite, world) => {
    await failFiveTimes(suite, world)
    const order = await placeOrder(suite)
    const { paymentIntent } = await order.pay()
    expect(paymentIntent?.latestAttempt).toMatchObject({ state: Attempt.RETRYING, sendCount: 0 })
    expect(paymentIntent?.latestAttempt?.nextActionTime).toBeDefined()
    // Its turn comes and the provider is still away: it waits on, and that is no failed send.
    await suite.advance({ seconds: 61 })
    expect((await intentOf(suite, order)).latestAttempt).toMatchObject({ state: Attempt.RETRYING, sendCount: 0 })
    expect(world.sandbox.requests('stkpush/')).toHaveLength(5)
    await expect(order.pay()).rejects.toSatisfy(because('PAYMENT_IN_PROGRESS'))
    // Whoever could not be served in time is told at once.
    const brief = await placeOrder(suite, { expireTime: timestampFromMs(suite.clock.now().getTime() + 500) })
    await expect(brief.pay()).rejects.toSatisfy(because('PROVIDER_UNAVAILABLE'))
  },
  // Longer than this test can take.
  { ...outside, env: { PAYMENT_BREAKER_SECONDS: '300' } },
)

placements(
  'payments that waited for their provider are paid once when it is back [S3-163]',
  [payment],
  async (suite, world) => {
    await failFiveTimes(suite, world)
    const order = await placeOrder(suite)
    await order.pay()
    world.sandbox.phone(phones.approves).scenario({ outage: 'none' })
    await eventually(async () => {
      await suite.advance({ seconds: 4 })
      return world.sandbox.totals()['RWF']?.charged.count === 6 ? true : undefined
    }, 'all six paid')
    await reached(suite, order, State.SUCCEEDED)
    expect(await suite.published(PaymentSucceededSchema)).toHaveLength(6)
  },
  { ...outside, env: { PAYMENT_BREAKER_SECONDS: '1' }, placements: ['memory'] },
)

placements(
  'an access token that is refused is renewed once, and the payment goes through',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const first = await placeOrder(suite)
    await first.pay()
    await reached(suite, first, State.SUCCEEDED)
    world.sandbox.expireTokens()
    const second = await placeOrder(suite)
    await second.pay()
    await reached(suite, second, State.SUCCEEDED)
    expect(world.sandbox.requests('oauth')).toHaveLength(2)
  },
  outside,
)
