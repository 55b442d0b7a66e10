import { json, objectOf } from '../net/answers.ts'
import type { Answer, Incoming, Reply } from '../net/router.ts'
import type { FullScenario } from '../world/scenario.ts'
import { invalid, notFound, unprocessable } from './errors.ts'
import { baseUrlOf, type PayPal } from './paypal.ts'
import { type Amount, amountOf, type Capture, centsOf, type Order } from './store.ts'
import { captureView, orderView } from './views.ts'
import { tell } from './webhooks.ts'

/** PayPal's list without those for domestic accounts; three have no decimals. */
const CURRENCIES = new Set(
  'AUD CAD CZK DKK EUR HKD HUF ILS JPY MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD'.split(' '),
)
const WITHOUT_DECIMALS = new Set(['HUF', 'JPY', 'TWD'])

/** An approval is valid for so long; then the order is forgotten. */
const APPROVAL_MS = 3 * 3_600_000

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const textIn = (fields: Fields, name: string): string => {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

/** `POST /v2/checkout/orders` */
export function createOrder(paypal: PayPal, request: Incoming): Answer {
  const requestId = requestIdOf(request)
  const { orders, world } = paypal
  const earlier = orders.replays.get(requestId)
  if (earlier && 'unit' in earlier) return json(200, orderView(earlier, baseUrlOf(request)))
  const body = bodyOf(request)
  const source = fieldsOf(fieldsOf(body['payment_source'])['paypal'])
  if (textIn(body, 'intent') !== 'CAPTURE') throw invalid('INVALID_PARAMETER_VALUE')
  if (requestId === '' && body['payment_source']) throw invalid('PAYPAL_REQUEST_ID_REQUIRED')
  const units: unknown = body['purchase_units']
  const unit = fieldsOf(Array.isArray(units) ? units[0] : undefined)
  const context = fieldsOf(source['experience_context'])
  const order: Order = {
    id: orders.newId(),
    unit: {
      reference_id: textIn(unit, 'reference_id') || 'default',
      custom_id: textIn(unit, 'custom_id'),
      invoice_id: textIn(unit, 'invoice_id'),
      description: textIn(unit, 'description'),
      amount: amountIn(unit),
    },
    brandName: textIn(context, 'brand_name'),
    returnUrl: textIn(context, 'return_url'),
    cancelUrl: textIn(context, 'cancel_url'),
    createTime: world.clock.now(),
    status: body['payment_source'] ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
  }
  orders.orders.set(order.id, order)
  orders.replays.set(requestId, order)
  world.changes.tell({})
  return json(201, orderView(order, baseUrlOf(request)))
}

/** `GET /v2/checkout/orders/:id` */
export function showOrder(paypal: PayPal, request: Incoming): Answer {
  return json(200, orderView(orderOf(paypal, request), baseUrlOf(request)))
}

/** `POST /v2/checkout/orders/:id/capture`: takes the money of an approved order, once. */
export function captureOrder(paypal: PayPal, request: Incoming): Reply {
  const order = orderOf(paypal, request)
  const requestId = requestIdOf(request)
  if (requestId !== '' && paypal.orders.replays.get(requestId) === order) {
    return json(200, orderView(order, baseUrlOf(request)))
  }
  if (order.capture) throw unprocessable('ORDER_ALREADY_CAPTURED')
  if (order.status !== 'APPROVED') throw unprocessable('ORDER_NOT_APPROVED')
  const { paypalCapture: wanted } = paypal.world.scenarios.of()
  if (isRefusal(wanted)) throw unprocessable(wanted)
  if (order.unit.invoice_id !== '' && paypal.orders.paidInvoices.has(order.unit.invoice_id)) {
    throw unprocessable('DUPLICATE_INVOICE_ID')
  }
  capture(paypal, order, wanted)
  paypal.orders.replays.set(requestId, order)
  if (wanted === 'lost-answer') return 'reset'
  return json(201, orderView(order, baseUrlOf(request)))
}

function isRefusal(wanted: FullScenario['paypalCapture']): boolean {
  return wanted === wanted.toUpperCase() && wanted !== 'PENDING' && wanted !== 'DECLINED'
}

function capture(paypal: PayPal, order: Order, wanted: FullScenario['paypalCapture']): void {
  const { orders, world } = paypal
  const status = wanted === 'PENDING' || wanted === 'DECLINED' ? wanted : 'COMPLETED'
  const made: Capture = { id: orders.newId(), order, createTime: world.clock.now(), status, refundedCents: 0 }
  order.status = 'COMPLETED'
  order.capture = made
  orders.captures.set(made.id, made)
  if (status === 'COMPLETED') orders.paidInvoices.add(order.unit.invoice_id)
  tell(paypal, `PAYMENT.CAPTURE.${status}`, 'capture', captureView(made))
}

/** Ends a capture that is under review. */
export function decideCapture(paypal: PayPal, made: Capture, status: 'COMPLETED' | 'DECLINED'): void {
  made.status = status
  if (status === 'COMPLETED') paypal.orders.paidInvoices.add(made.order.unit.invoice_id)
  tell(paypal, `PAYMENT.CAPTURE.${status}`, 'capture', captureView(made))
}

/** What the payer does on the page: agrees, and the shop is told. */
export function approve(paypal: PayPal, order: Order): void {
  if (order.status !== 'PAYER_ACTION_REQUIRED' && order.status !== 'CREATED') return
  order.status = 'APPROVED'
  paypal.world.changes.tell({})
  tell(paypal, 'CHECKOUT.ORDER.APPROVED', 'checkout-order', orderView(order, paypal.address.baseUrl))
}

/** @throws {PayPalError} 404 for an order that is not known, or that nobody paid in time. */
function orderOf({ orders, world }: PayPal, { params }: Incoming): Order {
  const order = orders.orders.get(params['id'] ?? '')
  if (!order) throw notFound()
  const forgotten = !order.capture && world.clock.now().getTime() - order.createTime.getTime() > 2 * APPROVAL_MS
  if (forgotten) throw notFound()
  return order
}

/** A request id counts for its own kind of request only. */
export function requestIdOf({ headers, path }: Incoming): string {
  const id = headers['paypal-request-id']
  return typeof id === 'string' && id !== '' ? `${path} ${id}` : ''
}

/** @throws {PayPalError} 400 when it is no JSON object. */
export function bodyOf({ body }: Incoming): Fields {
  try {
    return body.length > 0 ? objectOf(body) : {}
  } catch {
    throw invalid('MALFORMED_REQUEST_JSON')
  }
}

/** @throws {PayPalError} when PayPal would not take such an amount. */
export function amountIn(fields: Fields): Amount {
  const amount = fieldsOf(fields['amount'])
  const [currency, value] = [textIn(amount, 'currency_code'), textIn(amount, 'value')]
  if (!CURRENCIES.has(currency)) throw unprocessable('CURRENCY_NOT_SUPPORTED')
  if (!/^\d{1,7}(\.\d+)?$/.test(value)) throw invalid('INVALID_PARAMETER_SYNTAX')
  const decimals = value.split('.')[1]?.length ?? 0
  if (WITHOUT_DECIMALS.has(currency) && decimals > 0) throw unprocessable('DECIMALS_NOT_SUPPORTED')
  if (decimals > 2) throw unprocessable('DECIMAL_PRECISION')
  const cents = centsOf({ currency_code: currency, value })
  if (cents <= 0) throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE')
  return amountOf(currency, cents)
}
