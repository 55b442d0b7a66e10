import { expect } from 'vitest'
import { money, moneyToProto, reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import {
  PaymentAlertRaised_Kind as Alert,
  PaymentAlertRaisedSchema,
  PaymentSucceededSchema,
} from '#gen/tms/payment/v1/events_pb.ts'
import { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import { PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import payment from './service.ts'
import { eventually, intentOf, newId, placeOrder, reached } from './testing/orders.ts'
import { paymentWorld, type PaymentWorld } from './testing/outside.ts'

const outside = { outside: paymentWorld }
const because = (reason: string) => (err: unknown) => reasonOf(err) === reason
const PAYER = '254711222333'

/** The paybill, with its addresses registered, and the clerk who did it. */
async function paybill(suite: Suite, world: PaymentWorld) {
  world.connect(suite)
  world.sandbox.scenario({ c2bValidation: true })
  const clerk = suite.client(PaybillService, { userId: newId(), permissions: ['payment.suspense.manage'] })
  await clerk.registerPaybill({})
  return clerk
}

const shillings = (whole: number) => ({ amount: moneyToProto(money('KES', whole * 100)) })

/** Pays by hand, from the phone's own menu. */
async function payByHand(world: PaymentWorld, reference: string, amount: number): Promise<void> {
  const root = `${world.sandbox.baseUrl}/daraja`
  const basic = Buffer.from('key:secret').toString('base64')
  const path = '/oauth/v1/generate?grant_type=client_credentials'
  const token = await fetch(`${root}${path}`, { headers: { authorization: `Basic ${basic}` } })
  const { access_token: bearer } = (await token.json()) as { access_token: string }
  const order = { ShortCode: '174379', CommandID: 'CustomerPayBillOnline', Msisdn: PAYER }
  const answer = await fetch(`${root}/mpesa/c2b/v2/simulate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...order, Amount: amount, BillRefNumber: reference }),
  })
  expect(answer.status).toBe(200)
}

/** How the newest payment of the payer ended at M-Pesa. */
const ended = (world: PaymentWorld) =>
  world.sandbox.until(() => {
    const [newest] = world.sandbox.payments(PAYER)
    return newest?.outcome
  })

async function inSuspense(suite: Suite) {
  return eventually(async () => {
    await suite.settle()
    const told = await suite.published(PaymentAlertRaisedSchema)
    return told.find(({ kind }) => kind === Alert.PAYBILL_UNMATCHED)
  }, 'an alert about money in suspense')
}

placements(
  'a payer types an order’s reference and exact amount on the phone, and the order is paid and told once',
  [payment],
  async (suite, world) => {
    await paybill(suite, world)
    const order = await placeOrder(suite, shillings(1200))
    world.sandbox.scenario({ callbackCopies: 3 })
    await payByHand(world, 'bk7q2m', 1200)
    const paid = await reached(suite, order, State.SUCCEEDED)
    expect(paid.latestAttempt).toMatchObject({ receipt: (await ended(world)).receipt, phone: '' })
    await suite.settle()
    expect(await suite.published(PaymentSucceededSchema)).toHaveLength(1)
    expect(await suite.published(PaymentAlertRaisedSchema)).toEqual([])
    expect(world.sandbox.totals()['KES']).toMatchObject({ charged: { count: 1, amount: 1200 } })
  },
  outside,
)

placements(
  'a payment by hand of another amount, or of an unknown order, is refused before it is made',
  [payment],
  async (suite, world) => {
    await paybill(suite, world)
    const order = await placeOrder(suite, shillings(1200))
    await payByHand(world, 'BK7Q2M', 1199)
    expect((await ended(world)).receipt).toBeUndefined()
    const known = world.sandbox.payments(PAYER).length
    await payByHand(world, 'NOBODYS1', 1200)
    await world.sandbox.until(() => (world.sandbox.payments(PAYER).length > known ? true : undefined))
    expect((await ended(world)).receipt).toBeUndefined()
    expect(world.sandbox.totals()['KES']?.charged.count ?? 0).toBe(0)
    expect((await intentOf(suite, order)).state).toBe(State.REQUIRES_PAYMENT)
  },
  outside,
)

placements(
  'money that no order explains lies in suspense, is told, and is given back by staff, once',
  [payment],
  async (suite, world) => {
    const clerk = await paybill(suite, world)
    world.sandbox.scenario({ c2bValidation: false }) // it is off until M-Pesa's support switches it on
    await payByHand(world, 'NOBODYS1', 1200)
    const { paymentIntentId } = await inSuspense(suite)
    const { payments } = await clerk.listSuspensePayments({})
    expect(payments).toMatchObject([{ paymentIntentId, orderReference: 'NOBODYS1', capturedAmount: { units: 1200n } }])
    expect(await suite.published(PaymentSucceededSchema)).toEqual([])

    const request = { refundId: newId(), paymentIntentId, reason: 'no such order', ...shillings(1200) }
    await clerk.refundSuspensePayment(request)
    await eventually(async () => {
      const [row] = await suite.sql('payment')`select state from payment_refund`
      return row?.['state'] === 'SUCCEEDED' ? true : undefined
    }, 'the refund')
    expect(world.sandbox.totals()['KES']).toMatchObject({ charged: { amount: 1200 }, reversed: { amount: 1200 } })
    const again = clerk.refundSuspensePayment({ ...request, refundId: newId() })
    await expect(again).rejects.toSatisfy(because('REFUND_EXCEEDS_CAPTURE'))
    const [left] = await suite.sql('payment')`
      select coalesce(sum(case credit_kind when 'SUSPENSE' then amount_minor else 0 end
        - case debit_kind when 'SUSPENSE' then amount_minor else 0 end), 0)::int as left from journal_transfer`
    expect(left).toEqual({ left: 0 })
    // Money of an order is none of the clerk's.
    const order = await placeOrder(suite)
    const foreign = clerk.refundSuspensePayment({
      ...request,
      refundId: newId(),
      paymentIntentId: order.paymentIntentId,
    })
    await expect(foreign).rejects.toSatisfy(because('SUSPENSE_UNKNOWN'))
  },
  outside,
)

placements(
  'a payment by hand that M-Pesa does not know changes nothing, and a forged one needs the secret path',
  [payment],
  async (suite, world) => {
    await paybill(suite, world)
    const order = await placeOrder(suite, shillings(1200))
    const claim = {
      TransID: 'UKK0000000',
      TransAmount: '1200.00',
      BusinessShortCode: '174379',
      BillRefNumber: 'BK7Q2M',
    }
    const body = Buffer.from(JSON.stringify(claim))
    const gateway = suite.peer(PaymentService, 'gateway')
    await gateway.receiveCallback({ provider: 'dj', pathToken: 'guessed.confirm', body })
    await gateway.receiveCallback({ provider: 'dj', pathToken: 'sandbox-paybill.confirm', body })
    await eventually(async () => {
      await suite.settle()
      const told = await suite.published(PaymentAlertRaisedSchema)
      return told.find(({ kind }) => kind === Alert.CALLBACK_CONTRADICTED)
    }, 'an alert')
    for (let i = 0; i < 3; i++) await suite.advance({ seconds: 60 })
    expect((await intentOf(suite, order)).state).toBe(State.REQUIRES_PAYMENT)
    expect(await suite.published(PaymentSucceededSchema)).toEqual([])
    const told = await suite.published(PaymentAlertRaisedSchema)
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set([Alert.TOKEN_UNKNOWN, Alert.CALLBACK_CONTRADICTED]))
  },
  outside,
)
