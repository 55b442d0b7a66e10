import type { Claim } from '../../domain/callback.ts'
import { fieldsOf, type Fields, objectIn, textIn } from '../json.ts'
import { amountIn, listIn } from './envelope.ts'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What each event is to us; all others are no business of ours. */
const abouts: Readonly<Record<string, Claim['about']>> = {
  'CHECKOUT.ORDER.APPROVED': 'HINT',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': 'HINT',
  'PAYMENT.CAPTURE.PENDING': 'HINT',
  'PAYMENT.CAPTURE.COMPLETED': 'CHARGE',
  'PAYMENT.CAPTURE.DECLINED': 'CHARGE',
  'PAYMENT.CAPTURE.DENIED': 'CHARGE', // the older name
  'PAYMENT.CAPTURE.REVERSED': 'DISPUTE',
}

/**
 * Reads a webhook event. Its references are the order's id and, where the event bears it, our id of the attempt.
 *
 * Refunds are followed by asking, disputes of the resolution centre are for the people who work there: both are read
 * as NOTHING.
 *
 * @throws {RangeError} when it is no event, or one of ours that names no order
 */
export function parseWebhook(body: Uint8Array): Claim {
  const event = objectIn(new TextDecoder().decode(body))
  const kind = textIn(event, 'event_type')
  const resource = fieldsOf(event?.['resource'])
  if (kind === '' || !resource) throw new RangeError('names no event_type or no resource')
  const about = abouts[kind] ?? 'NOTHING'
  const orderId = textIn(event, 'resource_type') === 'checkout-order' ? textIn(resource, 'id') : orderOf(resource)
  if (about !== 'NOTHING' && orderId === '') throw new RangeError('names no order')
  const { currency, value } = amountIn(resource)
  const isCapture = kind.startsWith('PAYMENT.CAPTURE.')
  return {
    about,
    references: [orderId, attemptOf(resource)].filter((reference) => reference !== ''),
    success: kind === 'PAYMENT.CAPTURE.COMPLETED',
    code: kind,
    receipt: isCapture ? textIn(resource, 'id') : '',
    amount: isCapture ? value : '',
    currency: isCapture ? currency : '',
  }
}

function orderOf(resource: Fields): string {
  const related = fieldsOf(fieldsOf(resource['supplementary_data'])?.['related_ids'])
  return textIn(related, 'order_id')
}

/** `custom_id` stands on a capture itself, and on the purchase unit of an order. */
function attemptOf(resource: Fields): string {
  const [unit] = listIn(resource, 'purchase_units')
  return textIn(resource, 'custom_id') || textIn(unit, 'custom_id')
}

/** Our id of the attempt that an event speaks of. */
export function attemptIdIn({ references }: Claim): string | undefined {
  return references.find((reference) => ID.test(reference))
}
