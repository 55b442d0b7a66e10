import { text } from './answers.ts'
import type { Handler } from './router.ts'

/**
 * Keeps a page of some other origin, open in the same browser, from writing here.
 *
 * Browsers name the origin on every request that writes; tools and tests name none.
 */
export function sameOriginOnly(handler: Handler): Handler {
  return (request) => {
    const { origin, host } = request.headers
    const foreign = origin !== undefined && origin !== `http://${host ?? ''}`
    if (foreign && request.method !== 'GET') return text(403, 'Only the sandbox’s own page may do this.')
    return handler(request)
  }
}
