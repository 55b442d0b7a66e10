import { json } from '../net/answers.ts'
import type { Answer, Incoming, Reply } from '../net/router.ts'
import { notFound, unprocessable } from './errors.ts'
import { amountIn, bodyOf, requestIdOf } from './orders.ts'
import type { PayPal } from './paypal.ts'
import { amountOf, type Capture, centsOf, type Refund } from './store.ts'
import { refundView } from './views.ts'
import { tell } from './webhooks.ts'

/** Refunds can be asked for within 180 days. */
const WINDOW_MS = 180 * 86_400_000

/** `POST /v2/payments/captures/:id/refund`: all that is left, or a part of it. */
export function refundCapture(paypal: PayPal, request: Incoming): Reply {
  const { orders, world } = paypal
  const requestId = requestIdOf(request)
  const earlier = orders.replays.get(requestId)
  if (earlier && 'capture' in earlier && 'amount' in earlier) return json(200, refundView(earlier))
  const capture = orders.captures.get(request.params['id'] ?? '')
  if (!capture) throw notFound()
  const refund = refundOf(paypal, capture, request)
  capture.refundedCents += centsOf(refund.amount)
  capture.status = capture.refundedCents === centsOf(capture.order.unit.amount) ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
  orders.refunds.set(refund.id, refund)
  orders.replays.set(requestId, refund)
  if (refund.status === 'COMPLETED') tell(paypal, 'PAYMENT.CAPTURE.REFUNDED', 'refund', refundView(refund))
  return world.scenarios.of().paypalRefund === 'lost-answer' ? 'reset' : json(201, refundView(refund))
}

function refundOf({ orders, world }: PayPal, capture: Capture, request: Incoming): Refund {
  const { paypalRefund: wanted } = world.scenarios.of()
  const left = centsOf(capture.order.unit.amount) - capture.refundedCents
  const { currency_code: currency } = capture.order.unit.amount
  if (capture.status === 'PENDING') throw unprocessable('PENDING_CAPTURE')
  if (left === 0) throw unprocessable('CAPTURE_FULLY_REFUNDED')
  if (wanted === 'REFUND_FAILED_INSUFFICIENT_FUNDS') throw unprocessable(wanted)
  if (world.clock.now().getTime() - capture.createTime.getTime() > WINDOW_MS) {
    throw unprocessable('REFUND_TIME_LIMIT_EXCEEDED')
  }
  const body = bodyOf(request)
  const amount = body['amount'] ? amountIn(body) : amountOf(currency, left)
  if (amount.currency_code !== currency) throw unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH')
  if (centsOf(amount) > left) throw unprocessable('REFUND_AMOUNT_EXCEEDED')
  return {
    id: orders.newId(),
    capture,
    amount,
    customId: typeof body['custom_id'] === 'string' ? body['custom_id'] : '',
    createTime: world.clock.now(),
    status: wanted === 'PENDING' ? 'PENDING' : 'COMPLETED',
  }
}

/** `GET /v2/payments/refunds/:id` */
export function showRefund({ orders }: PayPal, { params }: Incoming): Answer {
  const refund = orders.refunds.get(params['id'] ?? '')
  if (!refund) throw notFound()
  return json(200, refundView(refund))
}
