/** Headers of the edge, besides those that travel inside the suite. */

/** A partner's key, exchanged for a token before the call goes on. */
export const API_KEY = 'x-api-key'
/** How many calls of this class the caller may make at once. */
export const LIMIT = 'ratelimit-limit'
/** How many of them are left. */
export const REMAINING = 'ratelimit-remaining'
/** The trace that the call was recorded under (W3C Trace Context, level 2). */
export const TRACERESPONSE = 'traceresponse'
/** The client's address: what came in under this name is replaced by what the gateway knows. */
export const FORWARDED_FOR = 'x-forwarded-for'
