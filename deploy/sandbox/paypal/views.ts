import { amountOf, centsOf, type Capture, type Order, type Refund } from './store.ts'

/** An order as `Prefer: return=representation` shows it. */
export function orderView(order: Order, baseUrl: string) {
  const self = `${baseUrl}/v2/checkout/orders/${order.id}`
  const rel = order.status === 'CREATED' ? 'approve' : 'payer-action'
  const payments = order.capture && { payments: { captures: [captureView(order.capture)] } }
  return {
    id: order.id,
    intent: 'CAPTURE',
    status: order.status,
    payment_source: { paypal: {} },
    purchase_units: [{ ...order.unit, ...payments }],
    create_time: order.createTime.toISOString(),
    links: [
      { href: self, rel: 'self', method: 'GET' },
      ...(order.capture ? [] : [{ href: `${baseUrl}/checkoutnow?token=${order.id}`, rel, method: 'GET' }]),
    ],
  }
}

/** A capture; what is left after PayPal's fee is told once it is complete. */
export function captureView(capture: Capture) {
  const { amount, custom_id, invoice_id } = capture.order.unit
  return {
    id: capture.id,
    status: capture.status,
    amount,
    custom_id,
    invoice_id,
    final_capture: true,
    seller_protection: { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'] },
    ...(capture.status !== 'PENDING' && { seller_receivable_breakdown: breakdownOf(capture) }),
    supplementary_data: { related_ids: { order_id: capture.order.id } },
    create_time: capture.createTime.toISOString(),
    update_time: capture.createTime.toISOString(),
  }
}

/** 4.4 % and 30 cents: what a cross-border payment costs, roughly. */
function breakdownOf({ order }: Capture) {
  const { amount } = order.unit
  const fee = Math.round(centsOf(amount) * 0.044) + 30
  return {
    gross_amount: amount,
    paypal_fee: amountOf(amount.currency_code, fee),
    net_amount: amountOf(amount.currency_code, centsOf(amount) - fee),
  }
}

export function refundView({ id, status, amount, customId, createTime, capture }: Refund) {
  return {
    id,
    status,
    amount,
    custom_id: customId,
    ...(status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    seller_payable_breakdown: {
      gross_amount: amount,
      total_refunded_amount: amountOf(amount.currency_code, capture.refundedCents),
    },
    create_time: createTime.toISOString(),
    update_time: createTime.toISOString(),
  }
}
