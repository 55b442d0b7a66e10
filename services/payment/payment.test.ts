import { expect } from 'vitest'
import { maskPhone, reasonOf } from '#kit'
import { placements } from '#kit/testing'
import { PaymentFailedSchema, PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import {
  FailureReason,
  Method,
  PaymentAttempt_State as Attempt,
  PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { HoldReleasedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import payment from './service.ts'
import { intentOf, newId, phones, placeOrder, reached, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

placements(
  'a passenger approves on the phone, and the payment is booked and told once [S1-27, S2-37, S2-105, S3-54, S3-60, S3-61, S4-22, S4-23]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    const { paymentIntent } = await order.pay()
    expect(paymentIntent).toMatchObject({ state: State.PROCESSING, latestAttempt: { phone: phones.approves } })

    const paid = await reached(suite, order, State.SUCCEEDED)
    expect(paid).toMatchObject({ late: false, capturedAmount: { currencyCode: 'RWF', units: 4500n }, attemptCount: 1 })
    await suite.settle()
    expect(await suite.published(PaymentSucceededSchema)).toMatchObject([
      {
        tenantId: TENANT,
        orderId: order.orderId,
        method: Method.MPESA,
        providerReference: paid.latestAttempt?.receipt,
      },
    ])
    expect(world.sandbox.totals()).toMatchObject({ RWF: { charged: { count: 1, amount: 4500 } } })
    expect(world.sandbox.requests('stkpush/').map(({ body }) => body)).toMatchObject([
      { AccountReference: 'BK7Q2M', Amount: 4500, PhoneNumber: '250788100007' },
    ])
  },
  outside,
)

placements(
  'whatever ends an attempt is told by its cause, and the payer may try again with a new key [S4-23, S3-57, S3-62]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const cases = [
      [phones.declines, FailureReason.DECLINED],
      [phones.unreachable, FailureReason.UNREACHABLE],
      [phones.expires, FailureReason.TIMED_OUT],
      [phones.wrongPin, FailureReason.WRONG_PIN],
      [phones.poor, FailureReason.INSUFFICIENT_FUNDS],
    ] as const
    const order = await placeOrder(suite)
    for (const [phone, failureReason] of cases) {
      await order.pay({ phone })
      const failed = await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)
      expect(failed.latestAttempt).toMatchObject({ failureReason, phone: maskPhone(phone) })
    }
    expect(world.sandbox.totals()['RWF']?.charged.count ?? 0).toBe(0)

    await order.pay()
    expect(await reached(suite, order, State.SUCCEEDED)).toMatchObject({ attemptCount: cases.length + 1 })
    await suite.settle()
    const told = await suite.published(PaymentFailedSchema)
    expect(told.map(({ reason, canRetry }) => [reason, canRetry])).toEqual(cases.map(([, reason]) => [reason, true]))
  },
  outside,
)

placements(
  'while an attempt has no outcome a second one is refused',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    await expect(order.pay()).rejects.toSatisfy(because('PAYMENT_IN_PROGRESS'))
    world.sandbox.phone((await world.sandbox.phone(phones.approves).nextPrompt()).msisdn).approve()
    await reached(suite, order, State.SUCCEEDED)
    await expect(order.pay()).rejects.toSatisfy(because('INTENT_PAID'))
  },
  outside,
)

placements('staff of the company take cash, and nobody else does', [payment], async (suite) => {
  const order = await placeOrder(suite)
  const cash = { paymentIntentId: order.paymentIntentId, method: Method.CASH, idempotencyKey: newId() }
  const permissions = ['payment.intents.pay', 'payment.cash.collect']
  const stranger = suite.client(PaymentService, { tenantId: newId(), permissions })
  await expect(stranger.confirmPaymentIntent(cash)).rejects.toSatisfy(because('INTENT_UNKNOWN'))
  await expect(order.pay({ method: Method.CASH, phone: '' })).rejects.toSatisfy(because('CASH_FORBIDDEN'))

  const agent = suite.client(PaymentService, { userId: newId(), tenantId: TENANT, permissions })
  const { paymentIntent } = await agent.confirmPaymentIntent({ ...cash, idempotencyKey: newId() })
  expect(paymentIntent).toMatchObject({ state: State.SUCCEEDED, latestAttempt: { method: Method.CASH } })
  await suite.settle()
  expect(await suite.published(PaymentSucceededSchema)).toMatchObject([{ method: Method.CASH }])
})

placements('staff whose cash is limited take no more than that [S1-15]', [payment], async (suite) => {
  const order = await placeOrder(suite)
  const cash = { paymentIntentId: order.paymentIntentId, method: Method.CASH }
  const upTo = (max: string) => {
    const conditions = { 'payment.cash.collect': { max_amount: max } }
    return suite.client(PaymentService, { tenantId: TENANT, permissions: ['payment.intents.pay'], conditions })
  }
  const pay = (max: string) => upTo(max).confirmPaymentIntent({ ...cash, idempotencyKey: newId() })
  await expect(pay('10 RWF')).rejects.toSatisfy(because('CASH_FORBIDDEN'))
  expect((await pay('100000000 RWF')).paymentIntent).toMatchObject({ state: State.SUCCEEDED })
})

placements('an order that nobody pays in time expires, and cannot be paid then', [payment], async (suite) => {
  const order = await placeOrder(suite)
  suite.clock.advance({ minutes: 11 })
  await expect(order.pay()).rejects.toSatisfy(because('INTENT_EXPIRED'))
  await suite.runJob('payment', 'expire-intents')
  expect((await intentOf(suite, order)).state).toBe(State.EXPIRED)
  await expect(order.pay()).rejects.toSatisfy(because('INTENT_EXPIRED'))
})

placements(
  'an order that is given up cannot be paid, and one that is paid cannot be given up',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const ticketing = suite.peer(PaymentService, 'ticketing')
    const given = await placeOrder(suite)
    const { paymentIntent } = await ticketing.cancelPaymentIntent({ paymentIntentId: given.paymentIntentId })
    expect(paymentIntent?.state).toBe(State.CANCELLED)
    await expect(given.pay()).rejects.toSatisfy(because('INTENT_CANCELLED'))

    // Seats given back, by hand or with their trip: while somebody is asked for the PIN, and after it was typed in time.
    const released = async ({ orderId, tenantId }: { orderId: string; tenantId: string }) => {
      await suite.publish(HoldReleasedSchema, orderId, { tenantId, bookingId: orderId, tripId: newId() })
      await suite.settle()
    }
    world.sandbox.scenario({ answer: 'manual' })
    const asked = await placeOrder(suite)
    await asked.pay()
    await world.sandbox.phone(phones.approves).nextPrompt()
    await released(asked)
    expect((await intentOf(suite, asked)).state).toBe(State.CANCELLED)
    await expect(asked.pay()).rejects.toSatisfy(because('INTENT_CANCELLED'))
    world.sandbox.phone(phones.approves).approve()
    expect(await reached(suite, asked, State.SUCCEEDED)).toMatchObject({ late: true })
    world.sandbox.scenario({ answer: 'approve' })

    const paid = await placeOrder(suite)
    await paid.pay()
    await reached(suite, paid, State.SUCCEEDED)
    await released(paid)
    expect((await intentOf(suite, paid)).state).toBe(State.SUCCEEDED)
    const cancelling = ticketing.cancelPaymentIntent({ paymentIntentId: paid.paymentIntentId })
    await expect(cancelling).rejects.toSatisfy(because('INTENT_PAID'))
    const nothing = ticketing.cancelPaymentIntent({ paymentIntentId: newId() })
    await expect(nothing).rejects.toSatisfy(because('INTENT_UNKNOWN'))
  },
  outside,
)
