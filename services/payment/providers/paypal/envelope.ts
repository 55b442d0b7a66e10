import type { OutboundResponse } from '#kit'
import type { FailureReason } from '../../domain/failure.ts'
import { fieldsOf, type Fields, objectIn, textIn } from '../json.ts'

/** Why PayPal refuses a request: the issue of its first detail, else the name, else the HTTP status. */
export type PayPalFault = { readonly code: string }

/** The refusal in an answer, in either of PayPal's two dialects (`name` and `details`, or OAuth's `error`). */
export function faultIn(response: OutboundResponse): PayPalFault {
  const fields = objectIn(response.text)
  const [detail] = listIn(fields, 'details')
  const code = textIn(detail, 'issue') || textIn(fields, 'name') || textIn(fields, 'error')
  return { code: code || `http ${response.status}` }
}

/** Whether an answer says that PayPal itself is unwell. */
export function isUnwell({ status }: OutboundResponse): boolean {
  return status >= 500 || status === 429
}

/** The objects of a list; empty when there is no such list. */
export function listIn(fields: Fields | undefined, name: string): Fields[] {
  const value = fields?.[name]
  const list: unknown[] = Array.isArray(value) ? value : []
  return list.map(fieldsOf).filter((item) => item !== undefined)
}

/** An amount as PayPal writes it. */
export function amountIn(fields: Fields | undefined): { readonly currency: string; readonly value: string } {
  const amount = fieldsOf(fields?.['amount'])
  return { currency: textIn(amount, 'currency_code'), value: textIn(amount, 'value') }
}

/**
 * Why a capture was refused. Everything else is REFUSED. In none of these cases has money moved.
 *
 * Source: Orders v2, error table. An instrument that was declined could be replaced on PayPal's page; a new attempt
 * does the same and can be told from the first.
 */
const reasons: Readonly<Record<string, FailureReason>> = {
  INSTRUMENT_DECLINED: 'DECLINED',
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING: 'DECLINED',
  ORDER_EXPIRED: 'TIMED_OUT',
  PAYER_ACCOUNT_RESTRICTED: 'ACCOUNT_LOCKED',
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: 'ACCOUNT_LOCKED',
}

/** Why a payment failed, by the issue that ended it. */
export function reasonOfIssue(code: string): FailureReason {
  return reasons[code] ?? 'REFUSED'
}
