import type { Handler } from '../net/router.ts'
import type { Post } from './deliveries.ts'
import type { Payment } from './payments.ts'

/** One of the wallets' providers, as the sandbox that hosts it sees it. */
export type Provider = {
  /** The path below which it answers, e.g. `/daraja`. */
  readonly root: string
  readonly handler: Handler
  /** A callback about one of its own payments that is not true; undefined for what it would never be asked to believe. */
  forge(payment: Payment, kind: string): Post | undefined
  /** Ends every access token at once, as a key rotation in mid-flight would. */
  expireTokens(): void
  /** Back to the first day. */
  reset(): void
}
