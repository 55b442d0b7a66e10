import { equals, parseMoney, type Money } from '#kit'
import { REPEATS_END_SECONDS } from './schedule.ts'
import type { AttemptState } from './states.ts'

/** What a callback says, as its provider's parser read it. Nothing of it is believed yet. */
export type Claim = {
  /**
   * Of what it speaks: a charge, or the result of something that was asked for (a refund, a question by receipt); a HINT
   * says that a charge should be asked about, a DISPUTE that the payer wants it back, NOTHING is no business of ours.
   */
  readonly about: 'CHARGE' | 'RESULT' | 'HINT' | 'DISPUTE' | 'NOTHING'
  /** The provider's ids of the request; a result may carry ours and theirs. */
  readonly references: readonly string[]
  readonly success: boolean
  /** The provider's code, e.g. `1032`. */
  readonly code: string
  /** The provider's receipt; empty when it names none. */
  readonly receipt: string
  /** In decimal text, as the provider wrote it; empty when it names none. */
  readonly amount: string
  /** ISO 4217; empty when the provider names none. */
  readonly currency: string
}

/** What is known about the attempt that a callback's secret path was made for. */
export type KnownAttempt = {
  readonly state: AttemptState
  readonly requestReference: string | null
  readonly receipt: string | null
  readonly amount: Money
  readonly settleTime: Date | null
}

/** Why a person is told, in the words of `PaymentAlertRaised.Kind`. */
export type Suspicion =
  | 'SOURCE_NOT_ALLOWED'
  | 'TOKEN_UNKNOWN'
  | 'CALLBACK_UNREADABLE'
  | 'REFERENCE_MISMATCH'
  | 'AMOUNT_MISMATCH'
  | 'CURRENCY_MISMATCH'
  | 'CALLBACK_CONTRADICTED'
  | 'CALLBACK_REPLAYED'

/** What to do about a callback, before the provider is asked. */
export type Judgement =
  | { readonly act: 'ASK' }
  | { readonly act: 'LEARN_RECEIPT'; readonly receipt: string }
  | { readonly act: 'IGNORE' }
  | { readonly act: 'ALERT'; readonly kind: Suspicion; readonly detail: string }

/** What a callback about a charge deserves: suspicion, silence, or that the provider is asked. */
export function judgeCharge(claim: Claim, attempt: KnownAttempt, now: Date): Judgement {
  if (attempt.requestReference !== null && !claim.references.includes(attempt.requestReference)) {
    return alert('REFERENCE_MISMATCH', 'names another request than the one that its path was made for')
  }
  const wrong = claim.success ? wrongMoney(claim, attempt.amount) : undefined
  if (wrong) return wrong
  if (attempt.state === 'SUCCEEDED') return judgeSettled(claim, attempt, now)
  if (attempt.state === 'FAILED' && !claim.success) return judgeRepeat(attempt, now)
  return { act: 'ASK' }
}

/** Whether a successful claim names other money than was asked for; undefined when it agrees or names none. */
export function wrongMoney(claim: Claim, asked: Money): Judgement | undefined {
  if (claim.currency !== '' && claim.currency !== asked.currency) {
    return alert('CURRENCY_MISMATCH', `names ${claim.currency} where ${asked.currency} was asked for`)
  }
  return sameAmount(claim.amount, asked)
    ? undefined
    : alert('AMOUNT_MISMATCH', 'names another amount than was asked for')
}

/** Compares decimal text of whole units (`500`, `500.00`) with the amount asked for; no text agrees with any amount. */
function sameAmount(text: string, asked: Money): boolean {
  if (text === '') return true
  try {
    return equals(parseMoney(asked.currency, text), asked)
  } catch {
    return false // not an amount at all, or finer than the currency
  }
}

function judgeSettled(claim: Claim, attempt: KnownAttempt, now: Date): Judgement {
  if (!claim.success) return alert('CALLBACK_CONTRADICTED', 'says failed where the payment is settled')
  if (attempt.receipt === null && claim.receipt !== '') return { act: 'LEARN_RECEIPT', receipt: claim.receipt }
  if (claim.receipt !== '' && claim.receipt !== attempt.receipt) {
    return alert('REFERENCE_MISMATCH', 'names another receipt than the one that was settled')
  }
  return judgeRepeat(attempt, now)
}

/** Providers deliver at least once: a repeat soon after is theirs, one much later is somebody's. */
function judgeRepeat({ settleTime }: KnownAttempt, now: Date): Judgement {
  const late = settleTime !== null && now.getTime() - settleTime.getTime() > REPEATS_END_SECONDS * 1000
  return late ? alert('CALLBACK_REPLAYED', 'came again long after it was settled') : { act: 'IGNORE' }
}

function alert(kind: Suspicion, detail: string): Judgement {
  return { act: 'ALERT', kind, detail }
}
