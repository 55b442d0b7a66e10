import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import { isPush, type PushPayment } from '../world/payments.ts'
import type { World } from '../world/world.ts'
import { authenticatedBusiness } from './business.ts'
import type { Daraja } from './daraja.ts'
import { DarajaError, refusal } from './errors.ts'
import { type Body, present } from './fields.ts'
import { resultDescription } from './result_codes.ts'

/** `POST /mpesa/stkpushquery/v1/query`: how a push ended, or that it has not. */
export function stkQuery({ world }: Daraja, body: Body): Answer {
  const business = authenticatedBusiness(world, body)
  const payment = world.payments.find(present(body, 'CheckoutRequestID'))
  if (!payment || !isPush(payment) || payment.shortCode !== business.shortCode)
    throw new DarajaError('500.001.1001', 'The transaction does not exist')
  return progress(world, payment)
}

function progress(world: World, payment: PushPayment): Answer {
  const { queryPendingPolls, queryPendingShape, queryContradicts } = world.scenarios.of(payment.msisdn)
  payment.push.polls += 1
  const pending = !payment.outcome || !payment.push.known || payment.push.polls <= queryPendingPolls
  if (pending) return queryPendingShape === '500' ? pendingAsError(world, payment) : pendingAsResult(payment)
  // Safaricom's own sandbox has been seen to call a paid push failed.
  const { code = '0', text = '' } = payment.outcome ?? {}
  const wrong = { code: '1037', text: resultDescription('1037') }
  return json(200, final(payment, queryContradicts && code === '0' ? wrong : { code, text }))
}

function final(payment: PushPayment, { code, text }: { readonly code: string; readonly text: string }) {
  return { ...accepted(payment), ResultCode: code, ResultDesc: text }
}

/** The older shape: an HTTP error whose text alone says that it is none. */
function pendingAsError(world: World, payment: PushPayment): Answer {
  const error = new DarajaError('500.001.1001', 'The transaction is being processed')
  return refusal(world.random, error, payment.id)
}

/** The shape seen since about 2025. */
function pendingAsResult(payment: PushPayment): Answer {
  const result = { ResultCode: '4999', ResultDesc: 'The transaction is still under processing' }
  return json(200, { ...accepted(payment), ...result })
}

const accepted = (payment: PushPayment) => ({
  ResponseCode: '0',
  ResponseDescription: 'The service request has been accepted successfully',
  MerchantRequestID: payment.push.merchantRequestId,
  CheckoutRequestID: payment.id,
})
