/** A call to a provider is over, one way or the other, within this time: after it a CREATED attempt was orphaned. */
export const CALL_SECONDS = 45

/**
 * How long after a push the provider's list of payments is believed when it has none for the attempt.
 *
 * A prompt lives for about a minute and its result comes within 90 s (Daraja); until then a payment may still appear,
 * and a second prompt could charge a second time.
 */
export const PROMPT_OVER_SECONDS = 120

/** Sends of one attempt, refund or payout before the service gives up on a provider that is certainly not taking it. */
export const MAX_SENDS = { attempt: 4, refund: 12, payout: 12 } as const

/** When a settled callback that comes again is no longer one of the provider's own repeats. */
export const REPEATS_END_SECONDS = 15 * 60

/**
 * Seconds until the provider is asked again: 10, 20, 40 … 600.
 *
 * The first 10 s are Daraja's: asked sooner, it does not know its own push yet.
 *
 * @param asked how often it was asked before
 */
export function queryDelaySeconds(asked: number): number {
  return Math.min(600, 10 * 2 ** Math.min(asked, 16))
}

/** Seconds until something that certainly did not arrive is sent again: 2, 4, 8 … 300. @param sent how often it was sent before */
export function sendDelaySeconds(sent: number): number {
  return Math.min(300, 2 * 2 ** Math.min(Math.max(sent - 1, 0), 16))
}

/** An instant that many seconds later. */
export function secondsAfter(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000)
}
