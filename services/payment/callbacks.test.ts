import { expect } from 'vitest'
import { placements, type Suite } from '#kit/testing'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  PaymentSucceededSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import { PaymentAttempt_State as Attempt, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, type Order, phones, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld }

/** The kinds of the alerts raised so far, each once. */
async function alerts(suite: Suite): Promise<Alert[]> {
  const raised = await suite.published(PaymentAlertRaisedSchema)
  return [...new Set(raised.map(({ kind }) => kind))].sort()
}

/** Waits for an alert of one kind. */
async function alerted(suite: Suite, kind: Alert) {
  return eventually(async () => ((await alerts(suite)).includes(kind) ? true : undefined), `alert ${kind}`)
}

/** Waits until every stored callback was handled. */
async function handled(suite: Suite) {
  const open = async () => {
    const [row] = await suite.sql('payment')`select count(*)::int as open from callback_handling where outcome is null`
    return row?.['open'] === 0 ? true : undefined
  }
  return eventually(open, 'all callbacks handled')
}

async function captures(suite: Suite): Promise<number> {
  const rows = await suite.sql('payment')`select distinct entry_id from journal_transfer where kind = 'CAPTURE'`
  return rows.length
}

placements(
  'a callback that is lost is made up for by asking the provider [S2-39, S4-24, S4-26]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    await order.pay({ phone: phones.lost })
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    await eventually(async () => world.sandbox.totals()['RWF']?.charged.count, 'money taken')
    await suite.advance({ seconds: 11 })
    const paid = await intentOf(suite, order)
    expect(paid).toMatchObject({ state: State.SUCCEEDED, late: false })
    expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
    expect(await captures(suite)).toBe(1)
  },
  outside,
)

placements(
  'a callback that comes after the order has expired is booked as late [S2-39, S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ answer: 'manual', queryPendingPolls: 1000 })
    const order = await placeOrder(suite)
    await order.pay()
    await world.sandbox.phone(phones.approves).nextPrompt()
    await suite.advance({ minutes: 11 })
    expect((await intentOf(suite, order)).state).toBe(State.PROCESSING) // never failed by age
    world.sandbox.scenario({ queryPendingPolls: 0 })
    world.sandbox.phone(phones.approves).approve()
    expect(await reached(suite, order, State.SUCCEEDED)).toMatchObject({ late: true })
    await suite.settle()
    expect(await suite.published(PaymentSucceededSchema)).toMatchObject([{ late: true, orderId: order.orderId }])
  },
  outside,
)

placements(
  'an order given up while the payer types the PIN is still paid, late [S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    await world.sandbox.phone(phones.approves).nextPrompt()
    await suite.peer(PaymentService, 'ticketing').cancelPaymentIntent({ paymentIntentId: order.paymentIntentId })
    world.sandbox.phone(phones.approves).approve()
    expect(await reached(suite, order, State.SUCCEEDED)).toMatchObject({ late: true })
  },
  outside,
)

placements(
  'a callback that comes ten times at once settles once and alarms nobody [S2-39, S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ callbackCopies: 10 })
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    await handled(suite)
    await suite.settle()
    expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
    expect(await captures(suite)).toBe(1)
    expect(await alerts(suite)).toEqual([])
  },
  outside,
)

placements(
  'a forged callback changes nothing and is told: wrong amount, wrong request, wrong path [S2-39, S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    const prompt = await world.sandbox.phone(phones.approves).nextPrompt()
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    for (const kind of ['amount', 'checkout-id', 'path-token'] as const) await world.sandbox.forge(prompt.id, kind)
    for (const kind of [Alert.AMOUNT_MISMATCH, Alert.REFERENCE_MISMATCH, Alert.TOKEN_UNKNOWN])
      await alerted(suite, kind)
    expect((await intentOf(suite, order)).state).toBe(State.PROCESSING)
    expect(await captures(suite)).toBe(0)

    world.sandbox.phone(phones.approves).approve()
    await reached(suite, order, State.SUCCEEDED)
  },
  outside,
)

placements(
  'a forged success waits for the provider, and ends with what the provider says [S2-39, S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    const prompt = await world.sandbox.phone(phones.approves).nextPrompt()
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    await world.sandbox.forge(prompt.id, 'success')
    await eventually(async () => world.sandbox.requests('stkpushquery').at(0), 'the provider is asked')
    expect((await intentOf(suite, order)).state).toBe(State.PROCESSING)

    world.sandbox.phone(phones.approves).decline()
    await reached(suite, order, State.REQUIRES_PAYMENT, Attempt.FAILED)
    // The forged one is tried again: the provider knows no such receipt.
    await suite.advance({ seconds: 50 })
    await alerted(suite, Alert.CALLBACK_CONTRADICTED)
    await handled(suite)
    expect((await intentOf(suite, order)).state).toBe(State.REQUIRES_PAYMENT)
    expect(await captures(suite)).toBe(0)
  },
  outside,
)

placements(
  'a payment that the status query wrongly calls failed is settled by its receipt [S4-24, S4-26]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ queryContradicts: true })
    const order = await placeOrder(suite)
    await order.pay()
    expect(await reached(suite, order, State.SUCCEEDED)).toMatchObject({ latestAttempt: { state: Attempt.SUCCEEDED } })
    expect(await alerts(suite)).toEqual([Alert.CALLBACK_CONTRADICTED])
    expect(await captures(suite)).toBe(1)
  },
  outside,
)

placements(
  'a query that comes after a success does not undo it',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    world.sandbox.scenario({ queryContradicts: true })
    await suite.sql('payment')`update payment_attempt set next_action_time = ${suite.clock.now()}`
    await suite.advance({ seconds: 60 })
    expect((await intentOf(suite, order)).state).toBe(State.SUCCEEDED)
  },
  outside,
)

placements(
  'the provider is not ready to confirm: the callback waits and is taken up again [S4-24]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    world.sandbox.scenario({ queryPendingPolls: 2, queryPendingShape: '4999' })
    const order = await placeOrder(suite)
    await order.pay()
    await eventually(async () => world.sandbox.requests('stkpushquery').at(0), 'the provider is asked')
    for (let round = 0; round < 4; round++) await suite.advance({ seconds: 60 })
    expect((await intentOf(suite, order)).state).toBe(State.SUCCEEDED)
    await handled(suite)
    expect(await captures(suite)).toBe(1)
  },
  outside,
)

placements(
  'a callback that was stored when the process died is handled by the next one [S2-39]',
  [payment],
  async (suite, world) => {
    const order = await placeOrder(suite)
    // No door yet: the callback is refused on the way and comes only by our hand, as if its handler had died.
    await order.pay()
    await reached(suite, order, State.PROCESSING, Attempt.PENDING)
    const [pushed] = await eventually(async () => {
      const all = world.sandbox.payments(phones.approves)
      return all[0]?.outcome ? all : undefined
    }, 'approved')
    const body = callbackBody(pushed?.id ?? '', pushed?.outcome?.receipt ?? '')
    await storeUnhandled(suite, pushed?.push?.callbackUrl ?? '', body)
    await suite.runJob('payment', 'handle-callbacks')
    const paid = await intentOf(suite, order)
    expect(paid).toMatchObject({ state: State.SUCCEEDED, latestAttempt: { receipt: pushed?.outcome?.receipt } })
  },
  outside,
)

placements(
  'callbacks from other addresses, unreadable ones and those of unknown providers change nothing [S2-39]',
  [payment],
  async (suite, world) => {
    world.sandbox.scenario({ answer: 'manual' })
    const order = await placeOrder(suite)
    await order.pay()
    const prompt = await world.sandbox.phone(phones.approves).nextPrompt()
    const callbackUrl = prompt.push?.callbackUrl ?? ''
    expect(callbackUrl).not.toMatch(/m-?pesa|safaricom/i) // Daraja refuses addresses with its name
    const pathToken = callbackUrl.split('/').at(-1) ?? ''
    const gateway = suite.peer(PaymentService, 'gateway')
    const call = { provider: 'dj', pathToken, sourceAddress: '196.201.214.200' }
    await gateway.receiveCallback({ ...call, body: Buffer.from('<xml/>') })
    await alerted(suite, Alert.CALLBACK_UNREADABLE)
    const answer = await gateway.receiveCallback({ ...call, sourceAddress: '203.0.113.9', body: Buffer.from('{}') })
    expect(answer).toMatchObject({ httpStatus: 200, contentType: 'application/json' })
    await alerted(suite, Alert.SOURCE_NOT_ALLOWED)
    await expect(gateway.receiveCallback({ ...call, provider: 'nobody' })).rejects.toThrow('no such provider')
    expect((await intentOf(suite, order)).state).toBe(State.PROCESSING)
  },
  { ...outside, env: { MPESA_CALLBACK_SOURCES: '196.201.214.200,196.201.214.206' } },
)

placements(
  'a settled callback that is replayed an hour later is told, and changes nothing [S2-39]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const order = await placeOrder(suite)
    await order.pay()
    await reached(suite, order, State.SUCCEEDED)
    await handled(suite)
    suite.clock.advance({ hours: 1 })
    const [pushed] = world.sandbox.payments(phones.approves)
    const body = Buffer.from(callbackBody(pushed?.id ?? '', pushed?.outcome?.receipt ?? ''))
    const pathToken = (pushed?.push?.callbackUrl ?? '').split('/').at(-1) ?? ''
    await suite.peer(PaymentService, 'gateway').receiveCallback({ provider: 'dj', pathToken, body })
    await alerted(suite, Alert.CALLBACK_REPLAYED)
    expect(await captures(suite)).toBe(1)
  },
  outside,
)

placements(
  'a receipt proves one payment: a callback that names it for another is told [S2-39]',
  [payment],
  async (suite, world) => {
    world.connect(suite)
    const first = await placeOrder(suite)
    await first.pay()
    const { latestAttempt } = await reached(suite, first, State.SUCCEEDED)
    world.sandbox.scenario({ callbackLost: true })
    const second: Order = await placeOrder(suite)
    await second.pay()
    const [pushed] = await eventually(async () => {
      const [newest] = world.sandbox.payments(phones.approves)
      return newest?.outcome && newest.outcome.receipt !== latestAttempt?.receipt ? [newest] : undefined
    }, 'second push')
    await reached(suite, second, State.PROCESSING, Attempt.PENDING)
    const body = Buffer.from(callbackBody(pushed?.id ?? '', latestAttempt?.receipt ?? ''))
    const pathToken = (pushed?.push?.callbackUrl ?? '').split('/').at(-1) ?? ''
    await suite.peer(PaymentService, 'gateway').receiveCallback({ provider: 'dj', pathToken, body })
    await alerted(suite, Alert.REFERENCE_MISMATCH)
    expect((await intentOf(suite, second)).state).toBe(State.PROCESSING)
    await suite.advance({ seconds: 11 })
    expect((await intentOf(suite, second)).state).toBe(State.SUCCEEDED)
  },
  outside,
)

function callbackBody(checkoutRequestId: string, receipt: string): string {
  const item = [
    { Name: 'Amount', Value: 4500 },
    { Name: 'MpesaReceiptNumber', Value: receipt },
  ]
  const stkCallback = { CheckoutRequestID: checkoutRequestId, ResultCode: 0, CallbackMetadata: { Item: item } }
  return JSON.stringify({ Body: { stkCallback } })
}

async function storeUnhandled(suite: Suite, url: string, body: string): Promise<void> {
  const id = newId()
  const sql = suite.sql('payment')
  await sql`insert into callback (callback_id, provider, path_token, headers, body, source_address, receive_time)
    values (${id}, 'mpesa', ${url.split('/').at(-1) ?? ''}, '{}', ${Buffer.from(body)}, '127.0.0.1', ${suite.clock.now()})`
  await sql`insert into callback_handling (callback_id, next_try_time) values (${id}, ${suite.clock.now()})`
}
