import type { OutboundResponse } from '#kit'
import { submitted } from '../outcomes.ts'
import type { Submission } from '../provider.ts'
import { type Fields, objectIn, textIn } from '../json.ts'
import { type DarajaFault, faultIn, refusesToken } from './envelope.ts'

/**
 * What became of a request that Daraja acknowledges now and answers later. An acknowledgement is not a payment.
 *
 * Where it cannot be told whether the request was taken, this says UNKNOWN: a failure would invite a second charge.
 *
 * @param referenceOf the id under which the answer will come, from the acknowledgement
 */
export function submissionOf(
  sending: Promise<OutboundResponse>,
  referenceOf: (acknowledgement: Fields) => string,
): Promise<Submission> {
  return submitted(sending, (response) => readAnswer(response, referenceOf))
}

function readAnswer(response: OutboundResponse, referenceOf: (acknowledgement: Fields) => string): Submission {
  const fields = objectIn(response.text)
  if (response.status === 200 && fields) {
    const code = textIn(fields, 'ResponseCode')
    const reference = referenceOf(fields)
    if (code === '0' && reference !== '') return { outcome: 'ACCEPTED', reference }
    if (code !== '' && code !== '0') return { outcome: 'FAILED', reason: 'REFUSED', code }
    return { outcome: 'UNKNOWN', code: 'unreadable answer' }
  }
  if (refusesToken(response)) return { outcome: 'RETRYABLE', code: faultIn(response).code }
  return readFault(response.status, faultIn(response))
}

/** Daraja's error table, section 10 of the facts: what each says about whether the request was taken. */
function readFault(status: number, { code, message }: DarajaFault): Submission {
  if (code === '500.001.1001') {
    const busy = /unable to lock/i.test(message)
    return { outcome: 'FAILED', reason: busy ? 'PROVIDER_BUSY' : 'REFUSED', code }
  }
  const overloaded = ['500.003.02', '500.003.03', '00.002.1001', '500.002.1001'].includes(code)
  if (overloaded || status === 429 || status === 503) return { outcome: 'RETRYABLE', code }
  // Below 400 it is a page that some proxy put in between.
  if (status >= 500 || status < 400) return { outcome: 'UNKNOWN', code }
  return { outcome: 'FAILED', reason: 'REFUSED', code }
}

/** Whether Daraja says that it has had the same payout before: then it was submitted, by us. */
export function saysDuplicate(response: OutboundResponse): boolean {
  return /^Duplicate OriginatorConversationID/i.test(faultIn(response).message)
}
