/** How long a code lives and how often one may be asked for. */
export type CodePolicy = {
  readonly lifeSeconds: number
  readonly maxAttempts: number
  /** Shortest time between two codes to one contact. */
  readonly resendAfterSeconds: number
  /** Codes to one contact within an hour. */
  readonly maxPerHour: number
}

/** A code as far as it matters whether it can still be used. */
export type KnownCode = { readonly attempts: number; readonly useTime: Date | null; readonly expireTime: Date }

const HOUR_MS = 3_600_000

/**
 * How long the next code to a contact has to wait.
 *
 * @param sentTimes when codes were sent there within the last hour, newest first
 * @returns milliseconds; 0 when it can go out now
 */
export function waitForCodeMs(sentTimes: readonly Date[], policy: CodePolicy, now: Date): number {
  const last = sentTimes[0]
  const oldestCounted = sentTimes[policy.maxPerHour - 1]
  const afterLast = last ? last.getTime() + policy.resendAfterSeconds * 1000 - now.getTime() : 0
  const afterHour = oldestCounted ? oldestCounted.getTime() + HOUR_MS - now.getTime() : 0
  return Math.max(0, afterLast, afterHour)
}

/** Why a code that was not let in is dead; one that nobody asked for and one that ran out are the same. */
export function whyDead(code: KnownCode | undefined, policy: CodePolicy, now: Date): 'EXPIRED' | 'EXHAUSTED' {
  const alive = code && !code.useTime && code.expireTime > now
  return alive && code.attempts >= policy.maxAttempts ? 'EXHAUSTED' : 'EXPIRED'
}

/** Six digits from a number below a million. */
export function sixDigits(number: number): string {
  return number.toString().padStart(6, '0')
}
