import type { OutboundResponse } from '#kit'
import { objectIn, textIn } from '../json.ts'

/** What Daraja answers at once when it refuses a request. */
export type DarajaFault = { readonly code: string; readonly message: string }

/** The refusal in an answer; its code is the HTTP status when the body is not Daraja's (an HTML page, nothing at all). */
export function faultIn(response: OutboundResponse): DarajaFault {
  const fields = objectIn(response.text)
  const code = textIn(fields, 'errorCode')
  return code === ''
    ? { code: `http ${response.status}`, message: '' }
    : { code, message: textIn(fields, 'errorMessage') }
}

/** Whether an answer says that the access token is not accepted; 404.001.03 is such an error though sent as 404. */
export function refusesToken(response: OutboundResponse): boolean {
  if (response.status < 400) return false
  return ['404.001.03', '400.003.01', '401.002.01', '401.003.01'].includes(faultIn(response).code)
}

/** Whether an answer says that Daraja itself is unwell; one code covers four conditions, so that the text decides. */
export function isUnwell(response: OutboundResponse): boolean {
  if (response.status < 500) return response.status === 429
  const { code, message } = faultIn(response)
  if (code === '500.001.1001') return false
  return !/^Duplicate/i.test(message)
}

/** Whether a query's refusal only says that the payer has not decided yet (the shape before 2025). */
export function saysPending({ code, message }: DarajaFault): boolean {
  return code === '500.001.1001' && /being processed|under processing/i.test(message)
}
