import type { Context } from '#kit'
import type { Settings } from '../../config.ts'
import type { PaymentProvider } from '../provider.ts'
import { type PayPalClient, paypalClient } from './client.ts'
import { takenIn, unsuitable } from './currencies.ts'
import { reasonOfIssue } from './envelope.ts'
import { captureOrder, createOrder, queryOrder } from './orders.ts'
import { queryRefund, refundCapture } from './refund.ts'
import { verifierOf } from './verify.ts'
import { attemptIdIn, parseWebhook } from './webhook.ts'

/** What every request to PayPal needs. */
export type PayPal = { readonly client: PayPalClient; readonly settings: Settings } & Pick<Context, 'clock'>

/**
 * PayPal by Orders v2: the payer approves on PayPal's page, we take the money, and only while the order is wanted.
 *
 * Sends no money out: the Payouts API is a product of its own.
 */
export function paypal(ctx: Pick<Context, 'http' | 'clock'>, settings: Settings): PaymentProvider {
  const client = paypalClient(ctx, settings)
  const paypal: PayPal = { client, settings, clock: ctx.clock }
  return {
    name: 'paypal',
    unsuitable: (amount) => unsuitable(settings, amount),
    takenIn: (currency) => takenIn(settings, currency),
    unavailableMs: (operation) => client.openMs(operation === 'charge' ? 'orders' : 'refunds'),
    charge: (charge) => createOrder(paypal, charge),
    query: (reference, charge) => queryOrder(paypal, reference, charge),
    capture: (reference, charge) => captureOrder(paypal, reference, charge),
    // Money is taken by a reference that was written down, never without: what has none was not paid.
    search: () => Promise.resolve({ outcome: 'FAILED', reason: 'NOT_RECEIVED', code: 'no order' }),
    refund: (giveBack) => refundCapture(paypal, giveBack),
    queryRefund: (giveBack) => queryRefund(paypal, giveBack),
    meansDoneBefore: () => false,
    reasonOf: reasonOfIssue,
    parseCallback: parseWebhook,
    oneAddress: { token: settings.paypalWebhookToken, signed: verifierOf(ctx, paypal), attemptIdIn },
    // PayPal publishes no addresses: the signature says who it is.
    comesFrom: () => true,
    callbackAnswer: { status: 200, contentType: 'application/json', body: '{}' },
  }
}
