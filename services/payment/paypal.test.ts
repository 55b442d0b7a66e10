import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  PaymentSucceededSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import {
  FailureReason,
  Method,
  PaymentAttempt_State as Attempt,
  PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'
import { begin, paypalWorld, press, setRate } from './testing/paypal.ts'

const outside = { outside: paypalWorld }

/** PayPal itself is asked: nothing is set about its certificates. */
async function onlineWorld(): Promise<PaymentWorld> {
  const world = await paymentWorld()
  const { PAYPAL_CERT_URLS: _, ...env } = world.env
  return { ...world, env: { ...env, PAYPAL_WEBHOOK_CHECK: 'online' } }
}

const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

/** An order whose payer is on PayPal's page. */
async function onThePage(suite: Suite, world: PaymentWorld, connected = true) {
  if (connected) world.connect(suite)
  const rate = await setRate(suite)
  const order = await placeOrder(suite)
  return { order, rate, ...(await begin(suite, world, order, rate)) }
}

async function alerted(suite: Suite, kind: Alert) {
  return eventually(async () => {
    await suite.settle()
    return (await suite.published(PaymentAlertRaisedSchema)).find((alert) => alert.kind === kind)
  }, `alert ${kind}`)
}

const captureCalls = (world: PaymentWorld) => world.sandbox.requests('/capture').length

placements(
  'a payer approves on PayPal’s page in dollars, and the order is paid in francs and told once [S1-29, S2-36, S3-54, S3-61]',
  [payment],
  async (suite, world) => {
    const { order, rate, approveUrl, attemptId } = await onThePage(suite, world)
    const back = await press(approveUrl, 'approve')
    expect(back.searchParams.get('attempt_id')).toBe(attemptId)

    const paid = await reached(suite, order, State.SUCCEEDED)
    expect(paid).toMatchObject({
      capturedAmount: { currencyCode: 'RWF', units: 4500n },
      latestAttempt: { exchangeRateId: rate, providerAmount: { currencyCode: 'USD', units: 3n, nanos: 220_000_000 } },
    })
    await suite.settle()
    expect(await suite.published(PaymentSucceededSchema)).toMatchObject([
      { method: Method.PAYPAL, providerReference: paid.latestAttempt?.receipt, amount: { currencyCode: 'RWF' } },
    ])
    expect(world.sandbox.paypal.totals()).toEqual({ USD: { captured: 322, refunded: 0 } })
    expect(world.sandbox.paypal.orders()).toMatchObject([
      { unit: { custom_id: attemptId, reference_id: 'BK7Q2M', amount: { currency_code: 'USD', value: '3.22' } } },
    ])
    expect(await suite.published(PaymentAlertRaisedSchema)).toEqual([])
  },
  outside,
)

placements(
  'a payer who is back is not believed: the provider is asked, and the money is taken at once, and once',
  [payment],
  async (suite, world) => {
    const { order, attemptId, orderId } = await onThePage(suite, world, false)
    const finish = () => order.passenger.finishApproval({ attemptId, declined: false })
    expect((await finish()).paymentIntent).toMatchObject({ state: State.PROCESSING })
    world.sandbox.paypal.approve(orderId)
    const [answer] = await Promise.all([finish(), finish(), finish()])
    expect(answer.paymentIntent?.state === State.SUCCEEDED || answer.paymentIntent?.state === State.PROCESSING).toBe(
      true,
    )
    await reached(suite, order, State.SUCCEEDED)
    expect(world.sandbox.paypal.totals()).toEqual({ USD: { captured: 322, refunded: 0 } })
    const stranger = suite.client(PaymentService, { userId: newId(), permissions: ['payment.intents.pay'] })
    await expect(stranger.finishApproval({ attemptId, declined: true })).rejects.toSatisfy(because('ATTEMPT_UNKNOWN'))
  },
  outside,
)

placements(
  'a payer who gives up on the page can pay otherwise at once, and the page is shown to nobody else',
  [payment],
  async (suite, world) => {
    const { order, attemptId, approveUrl } = await onThePage(suite, world)
    const seen = await suite
      .peer(PaymentService, 'ticketing')
      .getPaymentIntent({ paymentIntentId: order.paymentIntentId })
    expect(seen.paymentIntent?.latestAttempt).toMatchObject({ approveUrl: '', state: Attempt.PENDING })
    await expect(order.pay()).rejects.toSatisfy(because('PAYMENT_IN_PROGRESS'))
    await press(approveUrl, 'decline')
    const { paymentIntent } = await order.passenger.finishApproval({ attemptId, declined: true })
    expect(paymentIntent).toMatchObject({
      state: State.REQUIRES_PAYMENT,
      latestAttempt: { failureReason: FailureReason.DECLINED, approveUrl: '' },
    })
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    expect(world.sandbox.paypal.totals()).toEqual({})
  },
  outside,
)

placements(
  'an approval of which nobody told is found by the schedule, and the money is taken',
  [payment],
  async (suite, world) => {
    world.sandbox.scenario({ callbackLost: true })
    const { order, orderId } = await onThePage(suite, world)
    world.sandbox.paypal.approve(orderId)
    expect((await intentOf(suite, order)).state).toBe(State.PROCESSING)
    await suite.advance({ seconds: 11 })
    expect((await intentOf(suite, order)).state).toBe(State.SUCCEEDED)
  },
  outside,
)

placements(
  'an approval that comes when the order is no longer wanted is not taken: there is nothing to give back',
  [payment],
  async (suite, world) => {
    const expired = await onThePage(suite, world)
    suite.clock.advance({ minutes: 11 })
    world.sandbox.paypal.approve(expired.orderId)
    const failed = await reached(suite, expired.order, State.EXPIRED, Attempt.FAILED)
    expect(failed.latestAttempt?.failureReason).toBe(FailureReason.TIMED_OUT)

    const { order, orderId } = await onThePage(suite, world)
    await suite.peer(PaymentService, 'ticketing').cancelPaymentIntent({ paymentIntentId: order.paymentIntentId })
    world.sandbox.paypal.approve(orderId)
    await reached(suite, order, State.CANCELLED, Attempt.FAILED)
    expect(captureCalls(world)).toBe(0)
    expect(world.sandbox.paypal.totals()).toEqual({})
  },
  outside,
)

placements(
  'an answer to a capture that is lost is asked after, and never taken a second time [S3-57]',
  [payment],
  async (suite, world) => {
    world.sandbox.scenario({ paypalCapture: 'lost-answer', callbackLost: true })
    const { order, orderId } = await onThePage(suite, world)
    world.sandbox.paypal.approve(orderId)
    await suite.advance({ seconds: 11 })
    expect((await intentOf(suite, order)).state).toBe(State.PROCESSING)
    await suite.advance({ seconds: 21 })
    expect((await intentOf(suite, order)).state).toBe(State.SUCCEEDED)
    expect(captureCalls(world)).toBe(1)
    expect(world.sandbox.paypal.totals()).toEqual({ USD: { captured: 322, refunded: 0 } })
  },
  outside,
)

placements(
  'whatever PayPal refuses is told by its cause, and the payer may try again',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const rate = await setRate(suite)
    const cases = [
      ['INSTRUMENT_DECLINED', FailureReason.DECLINED],
      ['PAYER_ACCOUNT_RESTRICTED', FailureReason.ACCOUNT_LOCKED],
      ['TRANSACTION_REFUSED', FailureReason.REFUSED],
      ['DECLINED', FailureReason.DECLINED], // the order is completed, its capture is not
    ] as const
    const order = await placeOrder(suite)
    for (const [paypalCapture, failureReason] of cases) {
      world.sandbox.scenario({ paypalCapture })
      const { orderId } = await begin(suite, world, order, rate)
      world.sandbox.paypal.approve(orderId)
      const failed = await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)
      expect(failed.latestAttempt).toMatchObject({ failureReason, method: Method.PAYPAL })
    }
    expect(world.sandbox.paypal.totals()).toEqual({})
  },
  outside,
)

placements(
  'a capture under review is neither paid nor failed until PayPal has decided, however late',
  [payment],
  async (suite, world) => {
    world.sandbox.scenario({ paypalCapture: 'PENDING' })
    const { order, orderId } = await onThePage(suite, world)
    world.sandbox.paypal.approve(orderId)
    await eventually(async () => (captureCalls(world) > 0 ? true : undefined), 'a capture')
    await suite.advance({ minutes: 30 })
    expect(await intentOf(suite, order)).toMatchObject({ state: State.PROCESSING })
    world.sandbox.paypal.decide(orderId, 'COMPLETED')
    expect(await reached(suite, order, State.SUCCEEDED)).toMatchObject({ late: true })
  },
  outside,
)

placements(
  'a webhook that PayPal has not signed changes nothing and is told; a signed one with another amount as well [S2-39]',
  [payment],
  async (suite, world) => {
    const { order, orderId } = await onThePage(suite, world)
    for (const forgery of ['unsigned', 'signature', 'certificate', 'body'] as const) {
      await world.sandbox.paypal.forge(orderId, forgery)
    }
    await eventually(async () => {
      await suite.settle()
      const told = await suite.published(PaymentAlertRaisedSchema)
      const refused = new Set(
        told.filter(({ kind }) => kind === Alert.SIGNATURE_INVALID).map(({ callbackId }) => callbackId),
      )
      // The gateway's call is repeated: each lie is stored, and told, twice.
      return refused.size === 8 ? true : undefined
    }, 'an alert for each')
    await world.sandbox.paypal.forge(orderId, 'path-token')
    await alerted(suite, Alert.TOKEN_UNKNOWN)
    await world.sandbox.paypal.post(orderId, 'PAYMENT.CAPTURE.COMPLETED', '0.01')
    await alerted(suite, Alert.AMOUNT_MISMATCH)
    expect(await intentOf(suite, order)).toMatchObject({ state: State.PROCESSING })
    // One that is signed and true to the amount is believed only when PayPal says the same: it has nothing captured.
    await world.sandbox.paypal.post(orderId, 'PAYMENT.CAPTURE.COMPLETED')
    expect(await intentOf(suite, order)).toMatchObject({ state: State.PROCESSING })
    world.sandbox.paypal.approve(orderId)
    await reached(suite, order, State.SUCCEEDED)
    await world.sandbox.paypal.post(orderId, 'PAYMENT.CAPTURE.REVERSED')
    expect(await alerted(suite, Alert.PAYMENT_DISPUTED)).toMatchObject({ paymentIntentId: order.paymentIntentId })
    expect((await intentOf(suite, order)).state).toBe(State.SUCCEEDED)
  },
  outside,
)

placements(
  'signatures can be checked by asking PayPal instead, wherever it publishes its certificates, and an event that is no business of ours alarms nobody',
  [payment],
  async (suite, world) => {
    const { order, orderId } = await onThePage(suite, world)
    await world.sandbox.paypal.forge(orderId, 'signature')
    await alerted(suite, Alert.SIGNATURE_INVALID)
    await world.sandbox.paypal.post(orderId, 'CATALOG.PRODUCT.UPDATED')
    world.sandbox.scenario({ callbackCopies: 3 })
    world.sandbox.paypal.approve(orderId)
    await reached(suite, order, State.SUCCEEDED)
    await suite.settle()
    const kinds = (await suite.published(PaymentAlertRaisedSchema)).map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(new Set([Alert.SIGNATURE_INVALID]))
    expect(world.sandbox.requests('verify-webhook-signature').length).toBeGreaterThan(2)
    expect(world.sandbox.paypal.totals()).toEqual({ USD: { captured: 322, refunded: 0 } })
  },
  { outside: onlineWorld },
)

placements(
  'an order that could not be made is made again, and is the same order; PayPal down is told as such',
  [payment],
  async (suite, world) => {
    const rate = await setRate(suite)
    const order = await placeOrder(suite)
    world.sandbox.scenario({ outage: 'lost-answer', outageOf: 'paypal' })
    // The token is lost too, so that the first order comes only when it is there.
    await order.pay({ method: Method.PAYPAL, phone: '', exchangeRateId: rate })
    await reached(suite, order, State.PROCESSING, Attempt.RETRYING)
    world.sandbox.clearScenario()
    await suite.advance({ seconds: 3 })
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    expect(world.sandbox.paypal.orders()).toHaveLength(1)
    world.sandbox.expireTokens()
    await suite.advance({ seconds: 11 })
    expect(await intentOf(suite, order)).toMatchObject({ state: State.PROCESSING })
  },
  outside,
)

placements(
  'what PayPal takes itself needs no quote, and too much is refused by field',
  [payment],
  async (suite, world) => {
    const order = await placeOrder(suite, { amount: moneyToProto(money('USD', 1240)) })
    const { quote } = await order.passenger.quotePayment({
      paymentIntentId: order.paymentIntentId,
      method: Method.PAYPAL,
    })
    expect(quote).toMatchObject({ exchangeRateId: '', rate: '', providerAmount: { currencyCode: 'USD', units: 12n } })
    const { orderId } = await begin(suite, world, order, '')
    expect(world.sandbox.paypal.orders()[0]).toMatchObject({ id: orderId, unit: { amount: { value: '12.40' } } })
    const fortune = await placeOrder(suite, { amount: moneyToProto(money('USD', 1_000_000)) })
    await expect(fortune.pay({ method: Method.PAYPAL })).rejects.toSatisfy(because('METHOD_UNSUITABLE'))
  },
  outside,
)
