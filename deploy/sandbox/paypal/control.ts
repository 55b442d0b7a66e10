import { until } from '../control/until.ts'
import { approve, decideCapture } from './orders.ts'
import type { PayPal } from './paypal.ts'
import { centsOf, type Order } from './store.ts'
import { captureView } from './views.ts'
import { forgedWebhook, type WebhookForgery } from './webhooks.ts'

/** PayPal, in the hands of a test. */
export type PayPalControl = {
  /** Where webhooks are posted, as typed into PayPal's dashboard; '' for nowhere. */
  webhookTo(url: string): void
  /** The root that signs webhooks, PEM. */
  certificate(): Promise<string>
  /** Every order, oldest first. */
  orders(): Order[]
  /** Waits for an order that awaits its payer. */
  nextOrder(timeoutMs?: number): Promise<Order>
  /** What the payer does on the page. */
  approve(orderId: string): void
  /** Ends a capture that is under review. */
  decide(orderId: string, status: 'COMPLETED' | 'DECLINED'): void
  /** What was captured and given back, in cents by currency. */
  totals(): Record<string, { captured: number; refunded: number }>
  /** Posts an event about an order that claims it paid, which it is not, or is not signed. */
  forge(orderId: string, forgery: WebhookForgery): Promise<void>
  /** Posts a signed event of a kind about the order's capture, with the amount if another is to be claimed. */
  post(orderId: string, kind: string, value?: string): Promise<void>
}

const PATIENCE_MS = 5000

export function paypalControl(paypal: PayPal): PayPalControl {
  const { orders, world } = paypal
  const find = (orderId: string): Order => {
    const order = orders.orders.get(orderId)
    if (!order) throw new Error(`there is no PayPal order ${orderId}`)
    return order
  }
  const claim = (orderId: string, value?: string) => {
    const order = find(orderId)
    const capture = order.capture ?? { id: orders.newId(), order, createTime: world.clock.now(), refundedCents: 0 }
    const view = captureView({ ...capture, status: 'COMPLETED' })
    return value === undefined ? view : { ...view, amount: { ...view.amount, value } }
  }
  return {
    webhookTo: (url) => void (paypal.webhook.url = url),
    certificate: () => paypal.signingKey.certificate(),
    orders: () => [...orders.orders.values()],
    nextOrder: (timeoutMs = PATIENCE_MS) => {
      const waiting = () => [...orders.orders.values()].find(({ status }) => status === 'PAYER_ACTION_REQUIRED')
      return until(world.changes, waiting, timeoutMs)
    },
    approve: (orderId) => approve(paypal, find(orderId)),
    decide: (orderId, status) => {
      const { capture } = find(orderId)
      if (capture?.status !== 'PENDING') throw new Error(`order ${orderId} has no capture under review`)
      decideCapture(paypal, capture, status)
    },
    totals: () => totalsOf([...orders.orders.values()]),
    forge: async (orderId, forgery) => {
      const kind = 'PAYMENT.CAPTURE.COMPLETED'
      const event = await forgedWebhook(paypal, kind, claim(orderId), forgery)
      await paypal.deliveries.send(event, undefined, true)
    },
    post: async (orderId, kind, value) => {
      const event = await forgedWebhook(paypal, kind, claim(orderId, value), 'none')
      await paypal.deliveries.send(event, undefined, false)
    },
  }
}

function totalsOf(orders: readonly Order[]): Record<string, { captured: number; refunded: number }> {
  const totals: Record<string, { captured: number; refunded: number }> = {}
  for (const { unit, capture } of orders) {
    if (!capture || capture.status === 'PENDING' || capture.status === 'DECLINED') continue
    const total = (totals[unit.amount.currency_code] ??= { captured: 0, refunded: 0 })
    total.captured += centsOf(unit.amount)
    total.refunded += capture.refundedCents
  }
  return totals
}
