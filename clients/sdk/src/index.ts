/** The client of the suite for browsers and every runtime with `fetch`. For HTTP/2 and gRPC in Node see `@tms/sdk/node`. */
import { assemble, type Tms, type TmsOptions } from './tms.ts'
import { fetchTransport } from './transport.ts'

export type { Tms, TmsOptions } from './tms.ts'
export type { TmsStorage } from './storage.ts'
export { memoryStorage } from './storage.ts'
export type { ContactInput, PendingSignUp, SignInOptions, TmsSession } from './session/session.ts'
export type { SignedIn } from './session/tokens.ts'
export type { RetryOptions } from './calls/retry.ts'
export type { WithKey } from './calls/with_key.ts'
export { factsOf, fieldErrorsOf, reasonOf, refusedBy, retryAfterMsOf } from './reasons.ts'
export type { Reason } from './reasons.ts'
export { newId } from './ids.ts'
export { pages } from './calls/pages.ts'
export * from './contracts.ts'
export * from './tickets/index.ts'
export { DriverReporter, type DriverOptions, type DriverState, type Way } from './driver/reporter.ts'
export type { Fix } from './driver/journal.ts'
export * from './follow/index.ts'
export * from './tracking.ts'

/** As {@link TmsOptions}, and the `fetch` to use: that of the runtime by default. */
export type FetchTmsOptions = TmsOptions & { readonly fetch?: typeof fetch }

/** Makes a client that speaks the Connect protocol by `fetch`. */
export function createTms(options: FetchTmsOptions): Tms {
  // Called through a function: `fetch` of a browser wants to be called on its window.
  const fetchFn = options.fetch ?? ((input, init) => fetch(input, init))
  return assemble(options, (interceptors) => fetchTransport(options.baseUrl, fetchFn, interceptors))
}
