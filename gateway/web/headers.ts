import type { Res } from '../edge/http.ts'

/**
 * What a page may do: run our own scripts, wear our own styles, ask us. No script or style within the markup, nothing of
 * anybody else, no frame in either direction.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), payment=(), microphone=(self)',
}

/** Sets what every answer of the web app says to browsers. */
export function protect(res: Res): void {
  for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value)
}
