import { type OutboundResponse, toDecimal } from '#kit'
import { objectIn, textIn } from '../json.ts'
import { submitted, verdictOf } from '../outcomes.ts'
import type { Return, Submission, Verdict } from '../provider.ts'
import { faultIn } from './envelope.ts'
import type { PayPal } from './index.ts'

/** Longest note to the payer. */
const NOTE_LENGTH = 255

/**
 * Gives a capture back, wholly or in part: `POST /v2/payments/captures/{id}/refund`. Our id makes a repeat the same
 * refund, for 45 days.
 */
export function refundCapture({ client }: PayPal, giveBack: Return): Promise<Submission> {
  const { refundId, amount } = giveBack
  const path = `/v2/payments/captures/${encodeURIComponent(giveBack.paidReceipt)}/refund`
  const body = JSON.stringify({
    amount: { currency_code: amount.currency, value: toDecimal(amount) },
    custom_id: refundId,
    invoice_id: refundId,
    note_to_payer: giveBack.reason.slice(0, NOTE_LENGTH),
  })
  const sending = client.send({ operation: 'refunds', method: 'POST', path, body, requestId: refundId })
  return submitted(sending, readRefund)
}

function readRefund(response: OutboundResponse): Submission {
  const refund = objectIn(response.text)
  const reference = textIn(refund, 'id')
  if ((response.status === 201 || response.status === 200) && reference !== '') {
    switch (textIn(refund, 'status')) {
      case 'COMPLETED':
        return { outcome: 'SETTLED', reference, receipt: reference }
      case 'FAILED':
      case 'CANCELLED':
        return { outcome: 'FAILED', reason: 'REFUSED', code: textIn(refund, 'status') }
      default:
        return { outcome: 'ACCEPTED', reference }
    }
  }
  const { code } = faultIn(response)
  if (response.status === 401 || response.status === 429 || response.status === 503) {
    return { outcome: 'RETRYABLE', code }
  }
  const definite = [400, 403, 404, 415, 422].includes(response.status)
  // 409: an earlier send of the same refund is still at work.
  return definite ? { outcome: 'FAILED', reason: 'REFUSED', code } : { outcome: 'UNKNOWN', code }
}

/**
 * What became of a refund: `GET /v2/payments/refunds/{id}`. Without PayPal's id there is nothing to ask by; sending it
 * again with our id is safe and tells as much.
 */
export async function queryRefund({ client }: PayPal, { reference }: Return): Promise<Verdict> {
  if (reference === undefined) return { outcome: 'FAILED', reason: 'NOT_RECEIVED', code: 'no word' }
  const path = `/v2/payments/refunds/${encodeURIComponent(reference)}`
  return verdictOf(async () => {
    const response = await client.send({ operation: 'refunds', method: 'GET', path })
    if (response.status !== 200) return { outcome: 'UNKNOWN', code: faultIn(response).code }
    const status = textIn(objectIn(response.text), 'status')
    if (status === 'COMPLETED') return { outcome: 'PAID', receipt: reference }
    if (status === 'FAILED' || status === 'CANCELLED') return { outcome: 'FAILED', reason: 'REFUSED', code: status }
    return { outcome: 'PENDING' }
  })
}
