import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Stage } from './stage.ts'
import { ExchangeRateService } from '#gen/tms/payment/v1/exchange_rate_service_pb.ts'
import { Method } from '#gen/tms/payment/v1/payment_intent_pb.ts'
import { eventually, newId, type Order } from './orders.ts'
import { paymentWorld, type PaymentWorld } from './outside.ts'

/** What a franc is worth in these tests: RWF 4,500 come to USD 3.22 with 2 % on top. */
export const RATE = { fromCurrency: 'RWF', toCurrency: 'USD', rate: '0.0007', marginBasisPoints: 200 } as const

/** The outside world with PayPal's root known, so that signatures are checked without asking. */
export async function paypalWorld(): Promise<PaymentWorld> {
  const world = await paymentWorld()
  return { ...world, env: { ...world.env, PAYPAL_CERT_ROOTS: await world.sandbox.paypal.certificate() } }
}

/** Sets a rate as the platform's staff do, for a day unless told otherwise. Returns its id. */
export async function setRate(suite: Stage, change: Partial<{ rate: string; forSeconds: number }> = {}) {
  const { forSeconds = 86_400, ...rest } = change
  const exchangeRateId = newId()
  const expireTime = timestampFromMs(suite.clock.now().getTime() + forSeconds * 1000)
  await staff(suite).setExchangeRate({ ...RATE, ...rest, exchangeRateId, expireTime })
  return exchangeRateId
}

/** Somebody who looks after the rates. */
export function staff(suite: Stage) {
  return suite.client(ExchangeRateService, { userId: newId(), permissions: ['payment.rates.manage'] })
}

/** Confirms an order by PayPal at a rate, and waits until the payer has a page to go to. */
export async function begin(suite: Stage, world: PaymentWorld, order: Order, exchangeRateId: string) {
  const { paymentIntent } = await order.pay({ method: Method.PAYPAL, phone: '', exchangeRateId })
  const attemptId = paymentIntent?.latestAttempt?.attemptId ?? ''
  return eventually(async () => {
    const view = await order.passenger.getPaymentIntent({ paymentIntentId: order.paymentIntentId })
    const approveUrl = view.paymentIntent?.latestAttempt?.approveUrl ?? ''
    if (approveUrl === '') return undefined
    return { attemptId, approveUrl, orderId: new URL(approveUrl).searchParams.get('token') ?? '' }
  }, 'a page to approve on')
}

/** Presses a button on PayPal's page as a browser does. Returns where it leads. */
export async function press(approveUrl: string, action: 'approve' | 'decline'): Promise<URL> {
  const page = await fetch(approveUrl)
  const [, path = ''] = new RegExp(`action="([^"]*/${action})"`).exec(await page.text()) ?? []
  const answer = await fetch(new URL(path, approveUrl), { method: 'POST', redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '')
}
