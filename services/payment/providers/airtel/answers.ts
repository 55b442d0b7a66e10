import type { OutboundResponse } from '#kit'
import { type Fields, fieldsOf, objectIn, textIn } from '../json.ts'
import type { Submission, Verdict } from '../provider.ts'
import { meaningOf, reasonOf } from './codes.ts'

/** An answer of Airtel: `data.transaction`, and the code of `status`, of the old family where the new one is empty. */
export type AirtelAnswer = { readonly code: string; readonly transaction: Fields | undefined }

/** Reads an answer; its code is the HTTP status when the body is not Airtel's. */
export function readAnswer({ status, text }: OutboundResponse): AirtelAnswer {
  const fields = objectIn(text)
  const state = fieldsOf(fields?.['status'])
  const code = textIn(state, 'response_code') || textIn(state, 'result_code') || `http ${status}`
  return { code, transaction: fieldsOf(fieldsOf(fields?.['data'])?.['transaction']) }
}

/** Whether an answer says that Airtel itself is unwell: not when it names what is wrong with the request. */
export function isUnwell(response: OutboundResponse): boolean {
  if (response.status < 500) return response.status === 429
  const meaning = meaningOf(readAnswer(response).code)
  return meaning === undefined || meaning === 'unsure'
}

/** What an answer says about whether a request that was sent under `reference` was taken. */
export function readSubmission(response: OutboundResponse, reference: string): Submission {
  const { status } = response
  const { code } = readAnswer(response)
  const meaning = meaningOf(code)
  switch (meaning) {
    case 'accepted':
      return status === 200 ? { outcome: 'ACCEPTED', reference } : { outcome: 'UNKNOWN', code }
    case 'duplicate':
      // The same id was sent before, by us: what became of that is asked.
      return { outcome: 'ACCEPTED', reference }
    case 'unsure':
      return status === 503 ? { outcome: 'RETRYABLE', code } : { outcome: 'UNKNOWN', code }
    case undefined:
      return readStatusAlone(status, code)
    case 'unknown-to-it':
      return { outcome: 'FAILED', reason: 'REFUSED', code }
    default:
      return { outcome: 'FAILED', reason: meaning, code }
  }
}

function readStatusAlone(status: number, code: string): Submission {
  // Refused by the gateway, before the wallet has seen the request.
  if ([401, 403, 429, 503].includes(status)) return { outcome: 'RETRYABLE', code }
  // Below 400 it is a page that some proxy put in between, or a code that is new.
  if (status >= 500 || status < 400) return { outcome: 'UNKNOWN', code }
  return { outcome: 'FAILED', reason: 'REFUSED', code }
}

/**
 * What an enquiry's answer says. The state of the transaction decides: the envelope is a success even when the payment
 * has failed.
 *
 * @param over whether a request that Airtel does not know by now will not come to be known any more
 */
export function readEnquiry(response: OutboundResponse, over: boolean): Verdict {
  const { code, transaction } = readAnswer(response)
  if (meaningOf(code) === 'unknown-to-it') {
    return over ? { outcome: 'FAILED', reason: 'NOT_RECEIVED', code } : { outcome: 'PENDING' }
  }
  switch (response.status === 200 ? textIn(transaction, 'status') : '') {
    case 'TS':
    case 'TR': // paid, and given back since
      return { outcome: 'PAID', receipt: textIn(transaction, 'airtel_money_id') || undefined }
    case 'TF':
    case 'TE':
      return { outcome: 'FAILED', reason: reasonOf(code), code }
    case 'TIP':
    case 'TA':
      return { outcome: 'PENDING' }
    default:
      return { outcome: 'UNKNOWN', code }
  }
}
