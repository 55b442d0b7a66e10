/** How many failures are free, and how the wait grows after them. */
export type AttemptPolicy = {
  readonly freeAttempts: number
  readonly firstDelaySeconds: number
  readonly longestDelaySeconds: number
  /** One failure is forgotten whenever this much time has passed. */
  readonly forgetOneAfterSeconds: number
}

/** What is remembered about failed attempts on one account, or from one address. */
export type Attempts = {
  readonly failures: number
  /** From when on time counts towards the next failure to be forgotten. */
  readonly forgetFromTime: Date
  /** Before this, no attempt is let in. */
  readonly nextTime: Date
}

/** Either the attempt is let in, and counted before anybody knows how it ends, or it has to wait. */
export type AttemptDecision =
  { readonly allowed: true; readonly attempts: Attempts } | { readonly allowed: false; readonly retryAfterMs: number }

/**
 * Decides about one more attempt.
 *
 * It is counted as a failure at once and forgiven when it succeeds: a thousand guesses in parallel then find the door
 * closed after the first few, which they would not if each were counted only once it had failed.
 *
 * @param known undefined when there was none yet
 */
export function takeAttempt(known: Attempts | undefined, policy: AttemptPolicy, now: Date): AttemptDecision {
  if (known && known.nextTime > now) {
    // A refused attempt is not counted: or else anybody could keep an account shut for ever.
    return { allowed: false, retryAfterMs: known.nextTime.getTime() - now.getTime() }
  }
  const { failures: remembered, forgetFromTime } = remember(known, policy, now)
  const failures = remembered + 1
  const nextTime = new Date(now.getTime() + delaySeconds(failures, policy) * 1000)
  return { allowed: true, attempts: { failures, forgetFromTime, nextTime } }
}

/** The wait after so many failures: none for the free ones, then doubling up to the longest. */
export function delaySeconds(failures: number, policy: AttemptPolicy): number {
  const beyond = failures - policy.freeAttempts
  if (beyond < 0) return 0
  // 2 ** 30 s is 34 years: far above any longest delay, far below where doubles lose whole numbers.
  return Math.min(policy.longestDelaySeconds, policy.firstDelaySeconds * 2 ** Math.min(beyond, 30))
}

/** The failures that are not forgotten by now; time that was not enough for another one goes on counting. */
function remember(
  known: Attempts | undefined,
  policy: AttemptPolicy,
  now: Date,
): Pick<Attempts, 'failures' | 'forgetFromTime'> {
  if (!known) return { failures: 0, forgetFromTime: now }
  const everyMs = policy.forgetOneAfterSeconds * 1000
  const forgotten = Math.floor((now.getTime() - known.forgetFromTime.getTime()) / everyMs)
  if (forgotten >= known.failures) return { failures: 0, forgetFromTime: now }
  const forgetFromTime = new Date(known.forgetFromTime.getTime() + forgotten * everyMs)
  return { failures: known.failures - forgotten, forgetFromTime }
}
