import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'
import { describe } from './codes.ts'

/** A refusal: by a code of today's family, or of the old one that is still returned. */
export class AirtelError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
  }
}

/** The `status` object that every answer has. Codes of the old family stand in a field of their own. */
function statusOf(httpStatus: number, code: string, success: boolean) {
  const old = code.startsWith('ESB')
  return {
    response_code: old ? '' : code,
    code: String(httpStatus),
    success,
    result_code: old ? code : success ? 'ESB000010' : 'ESB000011',
    message: describe(code),
  }
}

/** An answer with data; `success` only says that the request was answered. */
export const answer = (code: string, data: unknown): Answer => json(200, { data, status: statusOf(200, code, true) })

export const refusal = ({ status, code }: AirtelError): Answer =>
  json(status, { status: statusOf(status, code, false) })

export const tokenRefused = (): Answer =>
  json(401, { error_description: 'The access token is invalid or has expired', error: 'invalid_token' })

/** What an outage looks like from outside. */
export const outages = {
  maintenance: () => json(503, { status: { ...statusOf(503, 'ESB000001', false), message: 'Service unavailable' } }),
  busy: () => json(429, { fault: { faultstring: 'Spike arrest violation' } }),
  quota: () => json(429, { fault: { faultstring: 'Quota violation' } }),
}
