import { equals, OutboundError, type OutboundResponse, parseMoney, toDecimal } from '#kit'
import type { Money } from '#kit'
import { secondsAfter } from '../../domain/schedule.ts'
import { fieldsOf, type Fields, objectIn, textIn } from '../json.ts'
import { verdictOf } from '../outcomes.ts'
import type { Charge, Submission, Verdict } from '../provider.ts'
import { TokenUnavailable } from '../token.ts'
import { amountIn, faultIn, listIn, reasonOfIssue } from './envelope.ts'
import type { PayPal } from './index.ts'

const ORDERS = '/v2/checkout/orders'
/** Longest description of a purchase. */
const DESCRIPTION_LENGTH = 127

/**
 * Makes an order that the payer approves on PayPal's page: `POST /v2/checkout/orders`.
 *
 * No money moves before it is captured, and only we capture; so whatever becomes of this request, it may be sent again.
 * Our id makes a repeat the same order.
 */
export async function createOrder(paypal: PayPal, charge: Charge): Promise<Submission> {
  const body = JSON.stringify(orderOf(paypal, charge))
  try {
    const request = { operation: 'orders', method: 'POST', path: ORDERS, body, requestId: charge.attemptId } as const
    return readOrder(await paypal.client.send(request))
  } catch (err) {
    if (err instanceof OutboundError || err instanceof TokenUnavailable) return { outcome: 'RETRYABLE', code: err.name }
    throw err
  }
}

function orderOf({ settings }: PayPal, charge: Charge) {
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        reference_id: charge.reference,
        // Comes back in webhooks and settlement reports: by it we know our own.
        custom_id: charge.attemptId,
        // Unique for each merchant, so that PayPal itself refuses to take the same attempt twice.
        invoice_id: charge.attemptId,
        description: charge.description.slice(0, DESCRIPTION_LENGTH),
        amount: { currency_code: charge.amount.currency, value: toDecimal(charge.amount) },
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          payment_method_preference: 'IMMEDIATE_PAYMENT_REQUIRED',
          brand_name: settings.paypalBrandName,
          landing_page: 'LOGIN',
          shipping_preference: 'NO_SHIPPING',
          user_action: 'PAY_NOW',
          return_url: withAttempt(settings.paypalReturnUrl, charge.attemptId),
          cancel_url: withAttempt(settings.paypalCancelUrl, charge.attemptId),
        },
      },
    },
  }
}

/** The page that the payer comes back to learns which attempt it is about; PayPal adds `token` and `PayerID`. */
function withAttempt(url: string, attemptId: string): string {
  const target = new URL(url)
  target.searchParams.set('attempt_id', attemptId)
  return target.href
}

function readOrder(response: OutboundResponse): Submission {
  const order = objectIn(response.text)
  const reference = textIn(order, 'id')
  if ((response.status === 201 || response.status === 200) && reference !== '') {
    const approveUrl = linkOf(order)
    // Without the page nobody can approve it; asked again, PayPal may give it.
    return approveUrl === ''
      ? { outcome: 'RETRYABLE', code: 'no link' }
      : { outcome: 'ACCEPTED', reference, approveUrl }
  }
  const { code } = faultIn(response)
  const definite = [400, 403, 404, 415, 422].includes(response.status)
  return definite ? { outcome: 'FAILED', reason: 'REFUSED', code } : { outcome: 'RETRYABLE', code }
}

/** The link has one of two names, by the way in which the order was made. */
function linkOf(order: Fields | undefined): string {
  const links = listIn(order, 'links')
  const found = links.find((link) => ['payer-action', 'approve'].includes(textIn(link, 'rel')))
  return textIn(found, 'href')
}

/** What became of an order: `GET /v2/checkout/orders/{id}`. */
export async function queryOrder(paypal: PayPal, orderId: string, charge: Charge): Promise<Verdict> {
  const path = `${ORDERS}/${encodeURIComponent(orderId)}`
  return verdictOf(async () => {
    const response = await paypal.client.send({ operation: 'orders', method: 'GET', path })
    if (response.status === 200) return readVerdict(objectIn(response.text), charge)
    // PayPal forgets orders that nobody approved in time; one that was captured stays.
    const forgotten = response.status === 404 && isOver(paypal, charge)
    return forgotten ? timedOut('ORDER_EXPIRED') : { outcome: 'UNKNOWN', code: faultIn(response).code }
  })
}

/** An order that was approved and not captured within this time can be captured no more. */
function isOver({ settings, clock }: PayPal, charge: Charge): boolean {
  return clock.now() >= secondsAfter(charge.createTime, settings.paypalApprovalSeconds)
}

/**
 * Takes the money: `POST /v2/checkout/orders/{id}/capture`. Our id makes a repeat the same capture, also when two hands
 * do it at once.
 */
export async function captureOrder(paypal: PayPal, orderId: string, charge: Charge): Promise<Verdict> {
  const path = `${ORDERS}/${encodeURIComponent(orderId)}/capture`
  const requestId = `${charge.attemptId}-capture`
  return verdictOf(async () => {
    const response = await paypal.client.send({ operation: 'orders', method: 'POST', path, body: '{}', requestId })
    if (response.status === 201 || response.status === 200) return readVerdict(objectIn(response.text), charge)
    const { code } = faultIn(response)
    if (code === 'ORDER_ALREADY_CAPTURED') return queryOrder(paypal, orderId, charge)
    if (code === 'ORDER_NOT_APPROVED' || code === 'PAYER_ACTION_REQUIRED') return awaitingPayer(false)
    if (response.status === 422) return { outcome: 'FAILED', reason: reasonOfIssue(code), code }
    return { outcome: 'UNKNOWN', code }
  })
}

/** An order can be COMPLETED while its capture is PENDING or DECLINED: the capture decides. */
function readVerdict(order: Fields | undefined, charge: Charge): Verdict {
  const [unit] = listIn(order, 'purchase_units')
  const [capture] = listIn(fieldsOf(unit?.['payments']), 'captures')
  if (capture) return readCapture(capture, charge.amount)
  switch (textIn(order, 'status')) {
    case 'APPROVED':
      return awaitingPayer(true)
    case 'CREATED':
    case 'SAVED':
    case 'PAYER_ACTION_REQUIRED':
      return awaitingPayer(false)
    case 'VOIDED':
      return timedOut('VOIDED')
    default:
      // Completed without a capture, or a shape that is not known: no ground to call it failed.
      return { outcome: 'UNKNOWN', code: 'unreadable answer' }
  }
}

function readCapture(capture: Fields, asked: Money): Verdict {
  const status = textIn(capture, 'status')
  switch (status) {
    case 'COMPLETED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
      return isAsked(capture, asked)
        ? { outcome: 'PAID', receipt: textIn(capture, 'id') || undefined }
        : { outcome: 'UNKNOWN', code: 'another amount was captured' }
    case 'DECLINED':
    case 'FAILED':
      return { outcome: 'FAILED', reason: 'DECLINED', code: status }
    default:
      return { outcome: 'PENDING' } // under review: the money may yet come
  }
}

function isAsked(capture: Fields, asked: Money): boolean {
  const { currency, value } = amountIn(capture)
  try {
    return currency === asked.currency && equals(parseMoney(asked.currency, value), asked)
  } catch {
    return false
  }
}

const awaitingPayer = (approved: boolean): Verdict => ({ outcome: 'AWAITING_PAYER', approved })
const timedOut = (code: string): Verdict => ({ outcome: 'FAILED', reason: 'TIMED_OUT', code })
