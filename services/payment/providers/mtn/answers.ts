import { equals, type Money, type OutboundResponse, parseMoney } from '#kit'
import { type Fields, fieldsOf, objectIn, textIn } from '../json.ts'
import type { Submission, Verdict } from '../provider.ts'
import { meaningOf } from './reasons.ts'

/** The code of a refusal; the HTTP status where MTN's gateway, or nobody, wrote the body. */
export function codeIn({ status, text }: OutboundResponse): string {
  const fields = objectIn(text)
  return textIn(fields, 'code') || textIn(fields, 'error') || `http ${status}`
}

/** Faults of our own set-up, most of them sent as 500: nothing was taken, and trying again changes nothing. */
const setupFaults = new Set([
  'NOT_ALLOWED',
  'NOT_ALLOWED_TARGET_ENVIRONMENT',
  'INVALID_CALLBACK_URL_HOST',
  'INVALID_CURRENCY',
  'PAYER_NOT_FOUND',
  'PAYEE_NOT_FOUND',
  'PAYEE_NOT_ALLOWED_TO_RECEIVE',
])

/** What MTN's gateway says before the platform has seen a request: credentials, length, rate and quota. */
const beforeThePlatform = new Set([401, 403, 411, 429])

/** Whether an answer says that MTN itself is unwell. */
export function isUnwell(response: OutboundResponse): boolean {
  return response.status === 429 || (response.status >= 500 && !setupFaults.has(codeIn(response)))
}

/** What a create call's answer says about whether money may move; acknowledged is 202 without a body. */
export function readSubmission(response: OutboundResponse, reference: string): Submission {
  const { status } = response
  const code = codeIn(response)
  // The same reference id was sent before, by us: that request got through.
  if (status === 202 || code === 'RESOURCE_ALREADY_EXIST') return { outcome: 'ACCEPTED', reference }
  if (setupFaults.has(code)) return { outcome: 'FAILED', reason: 'REFUSED', code }
  if (beforeThePlatform.has(status) || status === 503) return { outcome: 'RETRYABLE', code }
  // Below 400 it is a page that some proxy put in between.
  if (status >= 500 || status < 400) return { outcome: 'UNKNOWN', code }
  return { outcome: 'FAILED', reason: 'REFUSED', code }
}

/** How a status says that something ended without money; the portal documents FAILED, the others have been seen. */
const failed = new Set(['FAILED', 'REJECTED', 'EXPIRED', 'TIMEOUT'])
const pending = new Set(['PENDING', 'CREATED'])

/**
 * What a status query's answer says.
 *
 * @param over whether a request that MTN does not know by now will not come to be known any more
 */
export function readStatus(response: OutboundResponse, asked: Money, over: boolean): Verdict {
  if (response.status === 404 && codeIn(response) === 'RESOURCE_NOT_FOUND') {
    return over ? { outcome: 'FAILED', reason: 'NOT_RECEIVED', code: 'RESOURCE_NOT_FOUND' } : { outcome: 'PENDING' }
  }
  const fields = response.status === 200 ? objectIn(response.text) : undefined
  const status = textIn(fields, 'status')
  if (pending.has(status)) return { outcome: 'PENDING' }
  if (failed.has(status)) {
    const code = reasonIn(fields) || status
    return { outcome: 'FAILED', reason: meaningOf(code), code }
  }
  if (status !== 'SUCCESSFUL') return { outcome: 'UNKNOWN', code: fields ? 'unreadable answer' : codeIn(response) }
  // Never seen, and no ground to book what was asked for: left for a person.
  if (!names(fields, asked)) return { outcome: 'UNKNOWN', code: 'another amount' }
  return { outcome: 'PAID', receipt: textIn(fields, 'financialTransactionId') || undefined }
}

/** The reason as text: written so in traffic, documented as an object with a code. */
export function reasonIn(fields: Fields | undefined): string {
  return textIn(fields, 'reason') || textIn(fieldsOf(fields?.['reason']), 'code')
}

function names(fields: Fields | undefined, asked: Money): boolean {
  try {
    return (
      textIn(fields, 'currency') === asked.currency &&
      equals(parseMoney(asked.currency, textIn(fields, 'amount')), asked)
    )
  } catch {
    return false
  }
}
