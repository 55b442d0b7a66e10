import type { OutboundResponse } from '#kit'

/** What Daraja answers at once when it refuses a request. */
export type DarajaFault = { readonly code: string; readonly message: string }

/** A JSON object as it came: nothing about its fields is known. */
export type Fields = Readonly<Record<string, unknown>>

/** The object in a JSON text; undefined when the text is no JSON, or no object. */
export function objectIn(text: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A value as an object; undefined when it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** A scalar as text, `''` when absent: Daraja writes the same field as string and as number. */
export function textIn(fields: Fields | undefined, name: string): string {
  const value = fields?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

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
