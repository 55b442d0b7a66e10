import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  PaymentSucceededSchema,
  RefundFailedSchema,
  RefundSettledSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import {
  FailureReason,
  Method,
  PaymentAttempt_State as Attempt,
  PaymentIntent_State as State,
} from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, type Order, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

/** Rules that hold for every wallet whose provider tells at once what it knows. */
const wallets = [
  {
    wallet: 'MTN MoMo',
    ids: 'S1-28, S2-37, S3-55',
    method: Method.MTN,
    provider: 'mtn',
    phone: '+250788100007',
    charges: 'POST /momo/collection/v1_0/requesttopay',
    failures: [
      [{ answer: 'decline' }, FailureReason.DECLINED],
      [{ answer: 'fail', mtnReason: 'EXPIRED' }, FailureReason.TIMED_OUT],
      [{ answer: 'fail', mtnReason: 'PAYER_LIMIT_REACHED', mtnReasonShape: 'object' }, FailureReason.LIMIT_EXCEEDED],
      [{ answer: 'fail', mtnReason: 'NOT_ENOUGH_FUNDS' }, FailureReason.INSUFFICIENT_FUNDS],
      [{ answer: 'approve', mtnError: 'NOT_ALLOWED' }, FailureReason.REFUSED],
    ],
    lies: [
      ['amount', Alert.AMOUNT_MISMATCH],
      ['currency', Alert.CURRENCY_MISMATCH],
      ['checkout-id', Alert.REFERENCE_MISMATCH],
      ['path-token', Alert.TOKEN_UNKNOWN],
    ],
    refusedRefund: { mtnTransferReason: 'PAYEE_NOT_ALLOWED_TO_RECEIVE' },
    calm: { mtnError: 'none', mtnTransferReason: 'none' },
  },
  {
    wallet: 'Airtel Money',
    ids: 'S3-56',
    method: Method.AIRTEL,
    provider: 'airtel',
    phone: '+250730100007',
    charges: 'POST /airtel/merchant/v1/payments/',
    failures: [
      [{ answer: 'decline' }, FailureReason.DECLINED],
      [{ answer: 'wrong-pin' }, FailureReason.WRONG_PIN],
      [{ answer: 'fail', airtelCode: 'DP00800001029' }, FailureReason.TIMED_OUT],
      [{ answer: 'fail', airtelCode: 'DP00800001003' }, FailureReason.LIMIT_EXCEEDED],
      [{ answer: 'fail', airtelCode: 'DP00800001007' }, FailureReason.INSUFFICIENT_FUNDS],
      [{ answer: 'approve', airtelError: 'ROUTER007' }, FailureReason.REFUSED],
    ],
    lies: [
      ['checkout-id', Alert.TOKEN_UNKNOWN],
      ['path-token', Alert.TOKEN_UNKNOWN],
    ],
    refusedRefund: { airtelPayoutCode: 'DP00900001010' },
    calm: { airtelError: 'none', airtelPayoutCode: 'none' },
  },
] as const

const outside = { outside: paymentWorld }
/** Where the service runs is nothing to its providers: one rule for each is tried over the network too. */
const inMemory = { ...outside, placements: ['memory' as const] }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason

async function alerts(suite: Suite): Promise<Alert[]> {
  return (await suite.published(PaymentAlertRaisedSchema)).map(({ kind }) => kind)
}

async function alerted(suite: Suite, kind: Alert) {
  return eventually(async () => ((await alerts(suite)).includes(kind) ? true : undefined), `alert ${kind}`)
}

async function captures(suite: Suite): Promise<number> {
  const rows = await suite.sql('payment')`select distinct entry_id from journal_transfer where kind = 'CAPTURE'`
  return rows.length
}

async function handled(suite: Suite) {
  return eventually(async () => {
    const [row] = await suite.sql('payment')`select count(*)::int as n from callback_handling where outcome is null`
    return row?.['n'] === 0 ? true : undefined
  }, 'all callbacks handled')
}

/** Lets time pass until `find` finds: jobs ask and send again meanwhile. */
async function inTime<T>(suite: Suite, find: () => Promise<T | undefined>, what: string): Promise<T> {
  for (let round = 0; round < 8; round++) {
    const found = await find()
    if (found !== undefined) return found
    await suite.advance({ seconds: 46 })
  }
  throw new Error(`never came: ${what}`)
}

function refund(suite: Suite, { paymentIntentId }: Order, minor: number, refundId = newId()) {
  const request = { refundId, paymentIntentId, amount: moneyToProto(money('RWF', minor)), reason: 'trip cancelled' }
  return suite.peer(PaymentService, 'ticketing').refundPayment(request)
}

async function refundsIn(suite: Suite, state: string): Promise<number> {
  const [row] = await suite.sql('payment')`select count(*)::int as n from payment_refund where state = ${state}`
  return Number(row?.['n'])
}

for (const { wallet, ids, method, provider, phone, charges, failures, lies, refusedRefund, calm } of wallets) {
  const [, chargePath = ''] = charges.split(' ')

  placements(
    `${wallet}: each way to fail is told by its cause, and an approved prompt is booked and told once, however often it is called back [${ids}, S3-57, S4-23, S4-24]`,
    [payment],
    async (suite, world) => {
      world.connect(suite)
      const order = await placeOrder(suite)
      for (const [scenario, failureReason] of failures) {
        world.sandbox.phone(phone).scenario(scenario)
        await order.pay({ method, phone })
        const failed = await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)
        expect(failed.latestAttempt).toMatchObject({ failureReason, method })
      }
      expect(world.sandbox.totals()['RWF']?.charged.count ?? 0).toBe(0)

      world.sandbox.phone(phone).scenario({ ...calm, answer: 'approve', callbackCopies: 5 })
      await order.pay({ method, phone })
      const paid = await reached(suite, order, State.SUCCEEDED)
      await handled(suite)
      await suite.settle()
      const receipt = world.sandbox.payments(phone)[0]?.outcome?.receipt
      expect(receipt).toBeTruthy()
      expect(paid.latestAttempt?.receipt).toBe(receipt)
      expect(await suite.published(PaymentSucceededSchema)).toMatchObject([{ method, providerReference: receipt }])
      expect(await captures(suite)).toBe(1)
      expect(await alerts(suite)).toEqual([])
      expect(world.sandbox.totals()['RWF']?.charged).toEqual({ count: 1, amount: 4500 })
    },
    outside,
  )

  placements(
    `${wallet}: a forged callback changes nothing and is told, and a forged success ends with what the provider says [S2-39, S4-24]`,
    [payment],
    async (suite, world) => {
      world.connect(suite)
      world.sandbox.scenario({ answer: 'manual' })
      const order = await placeOrder(suite)
      await order.pay({ method, phone })
      const prompt = await world.sandbox.phone(phone).nextPrompt()
      for (const [lie] of lies) await world.sandbox.forge(prompt.id, lie)
      await handled(suite)
      const outcomes = await suite.sql('payment')`select outcome from callback_handling`
      expect(outcomes.length).toBeGreaterThanOrEqual(lies.length)
      expect(new Set(outcomes.map((row) => String(row['outcome'])))).toEqual(new Set(['REFUSED']))
      expect(new Set(await alerts(suite))).toEqual(new Set(lies.map(([, kind]) => kind)))
      await world.sandbox.forge(prompt.id, 'success')
      expect((await intentOf(suite, order)).state).toBe(State.PROCESSING)
      expect(await captures(suite)).toBe(0)

      world.sandbox.scenario({ callbackLost: true })
      world.sandbox.phone(phone).decline()
      await suite.advance({ seconds: 11 })
      await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)
      await world.sandbox.forge(prompt.id, 'success')
      await alerted(suite, Alert.CALLBACK_CONTRADICTED)
      expect(await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)).toMatchObject({
        latestAttempt: { failureReason: FailureReason.DECLINED },
      })
      expect(await captures(suite)).toBe(0)
    },
    inMemory,
  )

  placements(
    `${wallet}: a lost callback is made up for by asking, and money that comes after the order is over is booked as late [S2-39, S4-24, S4-26]`,
    [payment],
    async (suite, world) => {
      world.connect(suite)
      world.sandbox.scenario({ callbackLost: true })
      const order = await placeOrder(suite)
      await order.pay({ method, phone })
      await eventually(async () => world.sandbox.totals()['RWF']?.charged.count, 'money taken')
      await reached(suite, order, State.PROCESSING, Attempt.PENDING)
      await suite.advance({ seconds: 11 })
      const paid = await reached(suite, order, State.SUCCEEDED)
      expect(paid).toMatchObject({ late: false })
      expect(paid.latestAttempt?.receipt).toBe(world.sandbox.payments(phone)[0]?.outcome?.receipt)

      world.sandbox.scenario({ callbackLost: false, answer: 'manual' })
      const slow = await placeOrder(suite)
      await slow.pay({ method, phone })
      await world.sandbox.phone(phone).nextPrompt()
      await suite.advance({ minutes: 11 })
      expect((await intentOf(suite, slow)).state).toBe(State.PROCESSING) // never failed by age
      world.sandbox.phone(phone).approve()
      expect(await reached(suite, slow, State.SUCCEEDED)).toMatchObject({ late: true })
      expect(await captures(suite)).toBe(2)
    },
    inMemory,
  )

  placements(
    `${wallet}: a process that dies before the call, or before the answer, charges at most once [S3-57, S3-59]`,
    [payment],
    async (suite, world) => {
      world.connect(suite)
      // Between record and call: nothing was sent, and nothing will be.
      const orphan = await placeOrder(suite)
      await dieBeforeTheCall(suite, orphan, provider, phone)
      await inTime(
        suite,
        async () => ((await intentOf(suite, orphan)).state === State.REQUIRES_PAYMENT ? true : undefined),
        'the orphan failed',
      )
      expect((await intentOf(suite, orphan)).latestAttempt?.failureReason).toBe(FailureReason.NOT_RECEIVED)
      expect(world.sandbox.requests(chargePath).filter(({ method }) => method === 'POST')).toHaveLength(0)

      // Between call and answer, and the callback is lost too: found under our own id.
      world.sandbox.phone(phone).scenario({ outage: 'lost-answer', callbackLost: true })
      const order = await placeOrder(suite)
      await order.pay({ method, phone })
      await reached(suite, order, State.PROCESSING, Attempt.UNKNOWN)
      await expect(order.pay({ method, phone })).rejects.toSatisfy(because('PAYMENT_IN_PROGRESS'))
      await eventually(async () => world.sandbox.totals()['RWF']?.charged.count, 'money taken')
      world.sandbox.phone(phone).scenario({ outage: 'none' })
      await suite.advance({ seconds: 11 })
      await reached(suite, order, State.SUCCEEDED)

      // Certainly not taken: sent again under the same id.
      world.sandbox.phone(phone).scenario({ outage: 'busy', callbackLost: false })
      const busy = await placeOrder(suite)
      await busy.pay({ method, phone })
      await reached(suite, busy, State.PROCESSING, Attempt.RETRYING)
      world.sandbox.phone(phone).scenario({ outage: 'none' })
      await suite.advance({ seconds: 3 })
      await reached(suite, busy, State.SUCCEEDED)
      expect(world.sandbox.totals()['RWF']?.charged).toEqual({ count: 2, amount: 9000 })
    },
    inMemory,
  )

  placements(
    `${wallet}: parts and the whole are given back, once though answers are lost, and what is refused is told [S4-25]`,
    [payment],
    async (suite, world) => {
      world.connect(suite)
      const customer = world.sandbox.phone(phone)
      const order = await paidOrder(suite, method, phone)
      await refund(suite, order, 1000)
      await eventually(async () => ((await refundsIn(suite, 'SUCCEEDED')) === 1 ? true : undefined), 'a part is back')

      customer.scenario(refusedRefund)
      await refund(suite, order, 500)
      await inTime(suite, async () => ((await refundsIn(suite, 'FAILED')) === 1 ? true : undefined), 'one is refused')
      expect(await suite.published(RefundFailedSchema)).toHaveLength(1)
      await alerted(suite, Alert.REFUND_REFUSED)

      customer.scenario({ ...calm, outage: 'lost-answer', callbackLost: true })
      await refund(suite, order, 3500)
      await eventually(async () => ((await refundsIn(suite, 'UNKNOWN')) === 1 ? true : undefined), 'one is in doubt')
      customer.scenario({ outage: 'none' })
      await inTime(
        suite,
        async () => ((await refundsIn(suite, 'SUCCEEDED')) === 2 ? true : undefined),
        'the rest is back',
      )

      customer.scenario({ callbackLost: false })
      const whole = await paidOrder(suite, method, phone)
      customer.scenario({ outage: 'lost-answer', callbackLost: true })
      await refund(suite, whole, 4500)
      await eventually(async () => ((await refundsIn(suite, 'UNKNOWN')) === 1 ? true : undefined), 'one is in doubt')
      customer.scenario({ outage: 'none' })
      await inTime(
        suite,
        async () => ((await refundsIn(suite, 'SUCCEEDED')) === 3 ? true : undefined),
        'the whole is back',
      )
      expect(customer.balance()).toBe(50_000)
      expect(await suite.published(RefundSettledSchema)).toHaveLength(3)
    },
    inMemory,
  )
}

async function paidOrder(suite: Suite, method: Method, phone: string): Promise<Order> {
  const order = await placeOrder(suite)
  await order.pay({ method, phone })
  await reached(suite, order, State.SUCCEEDED)
  return order
}

/** An attempt as a process leaves it that dies between the record and the call. */
async function dieBeforeTheCall(suite: Suite, order: Order, provider: string, phone: string): Promise<void> {
  const attemptId = newId()
  const now = suite.clock.now()
  await suite.sql('payment').begin(async (sql) => {
    await sql`insert into payment_attempt (attempt_id, payment_intent_id, tenant_id, payer_user_id, order_id,
        order_reference, description, provider, phone, currency, amount_minor, state, callback_token,
        next_action_time, cause, create_time, update_time)
      values (${attemptId}, ${order.paymentIntentId}, ${order.tenantId}, ${order.payerUserId}, ${order.orderId},
        ${order.orderReference}, ${order.description}, ${provider}, ${phone}, 'RWF', 4500, 'CREATED', ${newId()},
        ${new Date(now.getTime() + 45_000)}, 'payer began to pay', ${now}, ${now})`
    await sql`update payment_intent set state = 'PROCESSING', attempt_id = ${attemptId}, attempt_count = 1
      where payment_intent_id = ${order.paymentIntentId}`
  })
}
