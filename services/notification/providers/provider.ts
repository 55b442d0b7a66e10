import type { Outcome } from '../domain/outcome.ts'
import type { QrPicture } from '../templates/template.ts'

/** A message as a provider takes it. */
export type Outgoing = {
  readonly deliveryId: string
  readonly recipient: string
  /** Empty for SMS. */
  readonly subject: string
  readonly text: string
  /** Empty for SMS. */
  readonly html: string
  readonly pictures: readonly QrPicture[]
}

/**
 * Hands messages to the outside world. Never throws: what went wrong is an outcome, and whatever cannot be told for sure is
 * `unknown`, not a failure.
 */
export type Provider = {
  readonly send: (message: Outgoing) => Promise<Outcome>
  /** Ends connections that are kept open. */
  readonly close: () => void
}
