import { json } from '../net/answers.ts'
import type { Answer } from '../net/router.ts'

/** A refusal of a request. Without a body where MTN sends none. */
export class MomoError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body?: unknown) {
    super(`MoMo ${status}`)
    this.status = status
    this.body = body
  }
}

/** Refusals by MTN's wallet platform carry a code: most of them with status 500, however little it helps to try again. */
const coded = (status: number, code: string, message: string) => new MomoError(status, { message, code })

export const malformed = () => new MomoError(400)
export const duplicate = () =>
  coded(409, 'RESOURCE_ALREADY_EXIST', 'Duplicated reference id. Creation of resource failed.')
export const notFound = () => coded(404, 'RESOURCE_NOT_FOUND', 'Requested resource was not found.')
/** The gateway before the platform wants a length even where there is no body. */
export const lengthRequired = (): Answer => ({
  status: 411,
  headers: { 'content-type': 'text/html' },
  body: '<HTML><HEAD><TITLE>Length Required</TITLE></HEAD></HTML>',
})

/** What the platform says to a request that it does not take, by code. */
export const faults = {
  NOT_ALLOWED: () => coded(500, 'NOT_ALLOWED', 'Authorization failed. Insufficient permissions.'),
  NOT_ALLOWED_TARGET_ENVIRONMENT: () =>
    coded(500, 'NOT_ALLOWED_TARGET_ENVIRONMENT', 'Access to target environment is forbidden.'),
  INVALID_CALLBACK_URL_HOST: () =>
    coded(500, 'INVALID_CALLBACK_URL_HOST', 'Callback URL with different host name to configured for API User.'),
  INVALID_CURRENCY: () => coded(500, 'INVALID_CURRENCY', 'Currency not supported.'),
  INTERNAL_PROCESSING_ERROR: () =>
    coded(500, 'INTERNAL_PROCESSING_ERROR', 'An internal error occurred while processing.'),
  SERVICE_UNAVAILABLE: () => coded(503, 'SERVICE_UNAVAILABLE', 'Service temporarily unavailable, try again later.'),
} as const

/** Refusals by the gateway before the platform: a subscription key or a token that is not right. */
export const denied = (what: 'invalid' | 'missing') =>
  new MomoError(401, {
    statusCode: 401,
    message:
      what === 'invalid'
        ? 'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.'
        : 'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
  })
export const loginFailed = () => new MomoError(401, { error: 'login_failed' })
export const tokenRefused = () => new MomoError(401, { error: 'unauthorized' })

export const refusal = ({ status, body }: MomoError): Answer => (body === undefined ? { status } : json(status, body))

/** What an outage looks like from outside. */
export const outages = {
  maintenance: () => refusal(faults.SERVICE_UNAVAILABLE()),
  busy: () => json(429, { statusCode: 429, message: 'Rate limit is exceeded. Try again in 5 seconds.' }),
  quota: () =>
    json(403, { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 01:00:00.' }),
}
