import type { Res } from '../edge/http.ts'

/**
 * What a page may do: run our own scripts, wear our own styles, ask us and our live nodes. No script or style within the
 * markup, nothing of anybody else, no frame in either direction.
 */
const policyWith = (liveOrigins: readonly string[]) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...liveOrigins].join(' '),
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), payment=(), microphone=(self)',
}

/** Sets what every answer of the web app says to browsers. @param liveOrigins where its sockets connect */
export function protect(res: Res, liveOrigins: readonly string[] = []): void {
  res.setHeader('content-security-policy', policyWith(liveOrigins))
  for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value)
}
