import type { MessageInitShape } from '@bufbuild/protobuf'
import { ConnectError } from '@connectrpc/connect'
import { expect } from 'vitest'
import { BadRequestSchema } from '#gen/google/rpc/error_details_pb.ts'
import type { MoneySchema } from '#gen/google/type/money_pb.ts'
import { Method, PaymentIntent_State as State } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import { reasonOf } from '#kit'
import { placements, type Suite } from '#kit/testing'
import payment from './service.ts'
import { intentOf, newId, placeOrder, TENANT } from './testing/orders.ts'
import { paymentWorld } from './testing/outside.ts'
import { setRate } from './testing/paypal.ts'

type Wire = MessageInitShape<typeof MoneySchema>
const rwf = (units: bigint): Wire => ({ currencyCode: 'RWF', units })
const of = (currencyCode: string, units: bigint, nanos = 0): Wire => ({ currencyCode, units, nanos })
const phones = { mtn: '+250788100007', airtel: '+250730100007', kenyan: '+254708374149', rwandan: '+250788100007' }

/** What is no amount to anybody: refused when the order is made, whatever it would be paid by. */
const amounts: readonly [string, Wire][] = [
  ['half a franc of Rwanda', of('RWF', 1n, 500_000_000)],
  ['half a shilling of Uganda', of('UGX', 1n, 500_000_000)],
  ['a tenth of a cent', of('KES', 1n, 1_000_000)],
  ['nothing', rwf(0n)],
  ['less than nothing', rwf(-1n)],
  ['a currency that nobody has', of('XXX', 100n)],
  ['a currency that no books are kept in', of('CHF', 100n)],
]

/** What one method cannot take, and the field that says so. */
const methods: readonly (readonly [string, Method, string, Wire, string])[] = [
  ['M-Pesa: more than at a time', Method.MPESA, phones.rwandan, rwf(250_001n), 'method'],
  ['M-Pesa: cents', Method.MPESA, phones.kenyan, of('KES', 1_250n, 500_000_000), 'method'],
  ['M-Pesa: shillings of Uganda', Method.MPESA, phones.kenyan, of('UGX', 5_000n), 'method'],
  ['M-Pesa: a number of another country', Method.MPESA, '+33612345678', rwf(100n), 'phone'],
  ['M-Pesa: a number of a country that it is not in', Method.MPESA, '+256772123456', rwf(100n), 'phone'],
  ['M-Pesa: no number', Method.MPESA, '', rwf(100n), 'phone'],
  ['MTN: more than at a time', Method.MTN, phones.mtn, rwf(2_000_001n), 'method'],
  ['MTN: dollars', Method.MTN, phones.mtn, of('USD', 1n), 'method'],
  ['MTN: shillings of Uganda', Method.MTN, phones.mtn, of('UGX', 5_000n), 'method'],
  ['MTN: a number of Airtel', Method.MTN, phones.airtel, rwf(100n), 'phone'],
  ['MTN: a number of Kenya', Method.MTN, phones.kenyan, rwf(100n), 'phone'],
  ['MTN: no number', Method.MTN, '', rwf(100n), 'phone'],
  ['Airtel: less than it takes', Method.AIRTEL, phones.airtel, rwf(99n), 'method'],
  ['Airtel: more than at a time', Method.AIRTEL, phones.airtel, rwf(2_000_001n), 'method'],
  ['Airtel: shillings of Kenya', Method.AIRTEL, phones.airtel, of('KES', 500n), 'method'],
  ['Airtel: a number of MTN', Method.AIRTEL, phones.mtn, rwf(100n), 'phone'],
  ['Airtel: a number of Uganda', Method.AIRTEL, '+256752123456', rwf(100n), 'phone'],
  ['Airtel: no number', Method.AIRTEL, '', rwf(100n), 'phone'],
  ['PayPal: dollars, more than at a time', Method.PAYPAL, '', of('USD', 10_000n), 'method'],
  ['PayPal: francs without a rate', Method.PAYPAL, '', rwf(100n), 'exchange_rate_id'],
  ['PayPal: shillings of Uganda without a rate', Method.PAYPAL, '', of('UGX', 5_000n), 'exchange_rate_id'],
  ['a method that there is none of', Method.UNSPECIFIED, phones.mtn, rwf(100n), 'method'],
]

/** The fields that a refusal names. */
async function fieldsOf(refused: Promise<unknown>): Promise<{ reason: string; fields: string[] }> {
  const err: unknown = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const violations = err instanceof ConnectError ? err.findDetails(BadRequestSchema)[0]?.fieldViolations : undefined
  return { reason: reasonOf(err) ?? 'none', fields: (violations ?? []).map(({ field }) => field) }
}

/** Staff who take cash up to an amount. */
const cashier = (suite: Suite, max_amount: string) =>
  suite.client(PaymentService, {
    userId: newId(),
    tenantId: TENANT,
    permissions: ['payment.intents.pay'],
    conditions: { 'payment.cash.collect': { max_amount } },
  })

placements(
  'what cannot be paid is refused by its field before anything is written or anybody called, whatever the method',
  [payment],
  async (suite, world) => {
    for (const [what, amount] of amounts) {
      const refusal = await fieldsOf(placeOrder(suite, { amount }))
      expect([what, refusal]).toEqual([what, { reason: 'REQUEST_INVALID', fields: ['amount'] }])
    }
    for (const [what, method, phone, amount, field] of methods) {
      const order = await placeOrder(suite, { amount })
      const { fields } = await fieldsOf(order.pay({ method, phone }))
      expect([what, fields]).toEqual([what, [field]])
      expect(await intentOf(suite, order)).toMatchObject({ state: State.REQUIRES_PAYMENT, attemptCount: 0 })
    }
    // At a rate, an amount may be more than PayPal takes though its figure in francs is not.
    const exchangeRateId = await setRate(suite)
    const dear = await placeOrder(suite, { amount: rwf(15_000_000n) })
    expect(await fieldsOf(dear.pay({ method: Method.PAYPAL, phone: '', exchangeRateId }))).toMatchObject({
      fields: ['method'],
    })
    // Notes have no limit but that of whoever takes them; coins finer than a franc were refused above.
    const { paymentIntentId } = await placeOrder(suite, { amount: rwf(20_001n) })
    const cash = { paymentIntentId, method: Method.CASH, idempotencyKey: newId() }
    const refused = await fieldsOf(cashier(suite, '20000 RWF').confirmPaymentIntent(cash))
    expect(refused.reason).toBe('CASH_FORBIDDEN')
    const taken = await cashier(suite, '20001 RWF').confirmPaymentIntent({ ...cash, idempotencyKey: newId() })
    expect(taken.paymentIntent).toMatchObject({ state: State.SUCCEEDED })
    expect(world.sandbox.requests()).toEqual([])
  },
  { outside: paymentWorld, placements: ['memory'] },
)
