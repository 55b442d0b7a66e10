import { cors } from '@connectrpc/connect'
import { CORRELATION_ID, TRACEPARENT } from '#kit'
import { headerOf, type Req, type Res } from './http.ts'
import { API_KEY, LIMIT, REMAINING, TRACERESPONSE } from './headers.ts'

const allowedHeaders = [...cors.allowedHeaders, 'Authorization', API_KEY, CORRELATION_ID, TRACEPARENT].join(', ')
const exposedHeaders = [...cors.exposedHeaders, CORRELATION_ID, TRACERESPONSE, LIMIT, REMAINING, 'Retry-After'].join(
  ', ',
)
const allowedMethods = cors.allowedMethods.join(', ')

/** How long a browser may remember the answer to a preflight: two hours is the most that Chromium keeps. */
const maxAgeSeconds = '7200'

/** What the rules of cross-origin calls say of a request. */
export type CorsVerdict = 'allowed' | 'foreign' | 'preflight'

/** Judges requests of browsers, and sets the headers of the answer when the origin is allowed. */
export type CorsGuard = (req: Req, res: Res) => CorsVerdict

/**
 * Lets scripts of the origins on the list call, and those that the gateway itself serves.
 *
 * A request without `Origin` is not a script of another site: apps, devices and servers pass. The suite uses no
 * cookies, so a foreign page has no authority to borrow (no CSRF); it is refused all the same, before anything runs,
 * because a browser hides only the answer from it and not the effect.
 *
 * @param origins as browsers send them, `https://tms.rw`; `*` allows every origin.
 */
export function corsGuard(origins: readonly string[]): CorsGuard {
  const everyone = origins.includes('*')
  const allowed = new Set(origins)
  return (req, res) => {
    const { origin } = req.headers
    if (origin === undefined) return 'allowed'
    const preflight = req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined
    if (!everyone && !allowed.has(origin) && !isSameOrigin(req, origin)) return 'foreign'
    res.setHeader('Access-Control-Allow-Origin', origin)
    res.setHeader('Vary', 'Origin')
    if (preflight) allowPreflight(res)
    else res.setHeader('Access-Control-Expose-Headers', exposedHeaders)
    return preflight ? 'preflight' : 'allowed'
  }
}

function allowPreflight(res: Res): void {
  res.setHeader('Access-Control-Allow-Methods', allowedMethods)
  res.setHeader('Access-Control-Allow-Headers', allowedHeaders)
  res.setHeader('Access-Control-Max-Age', maxAgeSeconds)
}

/** Browsers send `Origin` with a POST to their own site as well. */
function isSameOrigin(req: Req, origin: string): boolean {
  const authority = headerOf(req, ':authority') ?? req.headers.host
  return authority !== undefined && (origin === `http://${authority}` || origin === `https://${authority}`)
}
