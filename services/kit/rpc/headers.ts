/** Headers that travel with every call inside the suite. */

/** The calling service's proof of itself. */
export const SERVICE_TOKEN = 'x-tms-service'
/** The same in the logs of every service that a call passed through; answered to the caller as well. */
export const CORRELATION_ID = 'x-correlation-id'
/** W3C trace context. */
export const TRACEPARENT = 'traceparent'

const BEARER = /^Bearer ([^\s]+)$/i

/** The access token of an `authorization` header; undefined when there is none, or it is of another kind. */
export function bearerOf(headers: Headers): string | undefined {
  return BEARER.exec(headers.get('authorization') ?? '')?.[1]
}

const SAFE_ID = /^[A-Za-z0-9._-]{1,64}$/

/** A caller's correlation id, when it is fit for logs and headers. */
export function safeCorrelationId(value: string | null): string | undefined {
  return value !== null && SAFE_ID.test(value) ? value : undefined
}
