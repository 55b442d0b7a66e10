/** What becomes of a delivery after an attempt. */

/** What a provider answered, or that it did not. */
export type Outcome =
  /** Taken; the provider will deliver it. */
  | { readonly kind: 'accepted'; readonly messageId: string }
  /** Refused for good: the same message would be refused again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Certainly not taken, for a reason that passes. */
  | { readonly kind: 'postponed'; readonly reason: string }
  /** Perhaps taken: the answer was lost. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** The delivery that was attempted. */
export type Attempted = {
  /** Attempts so far, this one included. */
  readonly attemptCount: number
  /** From then on the message is of no use. */
  readonly expireTime: Date
  /** After how many seconds without a report a second copy is sent when the outcome is unknown; null for never. */
  readonly repeatAfterSeconds: number | null
  /** Whether a second copy was sent already. */
  readonly isRepeat: boolean
}

/** The next state of a delivery. `nextAttemptTime` is null when nothing more will be sent by itself. */
export type Verdict = {
  readonly state: 'SENT' | 'FAILED' | 'QUEUED' | 'UNKNOWN'
  readonly nextAttemptTime: Date | null
  readonly failureReason: string
  readonly messageId: string | null
}

const minute = 60
const backoffSeconds = [5, 30, 2 * minute, 5 * minute, 10 * minute, 30 * minute]

/** Waits between attempts: 5 s, 30 s, 2, 5, 10 minutes, then half an hour each. */
export function backoffAfter(attemptCount: number): number {
  return backoffSeconds[Math.min(attemptCount, backoffSeconds.length) - 1] ?? 5
}

/** Decides what follows from an outcome. A message is never sent again once it could be too late. */
export function verdictOn(outcome: Outcome, attempted: Attempted, now: Date): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { state: 'SENT', nextAttemptTime: null, failureReason: '', messageId: outcome.messageId }
    case 'refused':
      return failed(outcome.reason)
    case 'postponed': {
      const next = later(now, backoffAfter(attempted.attemptCount))
      return next < attempted.expireTime ? waiting('QUEUED', next, outcome.reason) : failed('expired')
    }
    case 'unknown':
      return waiting('UNKNOWN', repeatTime(attempted, now), outcome.reason)
  }
}

function repeatTime({ repeatAfterSeconds, isRepeat, expireTime }: Attempted, now: Date): Date | null {
  if (repeatAfterSeconds === null || isRepeat) return null
  const next = later(now, repeatAfterSeconds)
  return next < expireTime ? next : null
}

const failed = (reason: string): Verdict => ({
  state: 'FAILED',
  nextAttemptTime: null,
  failureReason: reason,
  messageId: null,
})

const waiting = (state: 'QUEUED' | 'UNKNOWN', nextAttemptTime: Date | null, reason: string): Verdict => ({
  state,
  nextAttemptTime,
  failureReason: reason,
  messageId: null,
})

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000)
