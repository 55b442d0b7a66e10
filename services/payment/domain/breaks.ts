import { type Money, subtract } from '#kit'
import type { Account, Transfer } from './books.ts'
import { isWithin, type Limits } from './limits.ts'

/** What became of a provider's line, or of a payment of ours, when they were compared. */
export type Finding =
  | 'MATCHED'
  | 'MISSING_HERE'
  | 'MISSING_THERE'
  | 'AMOUNT_DIFFERS'
  | 'CURRENCY_DIFFERS'
  | 'STATUS_DIFFERS'
  | 'DUPLICATE'
  | 'FEE'
  | 'NOT_COMPLETED'
  | 'UNANSWERED'

/** The findings that somebody must explain. */
export type BreakKind = Exclude<Finding, 'MATCHED' | 'FEE' | 'NOT_COMPLETED' | 'UNANSWERED'>

/**
 * Where breaks may stand, and which way leads from where to where.
 *
 * The database refuses a row of history that this table does not allow (constraint `break_change_allowed`); a test holds
 * the two together.
 */
export const breakTransitions = {
  OPEN: ['ASSIGNED', 'PROPOSED', 'RESOLVED', 'CLOSED_BY_MATCH'],
  // Given to somebody else it stays assigned.
  ASSIGNED: ['ASSIGNED', 'PROPOSED', 'RESOLVED', 'CLOSED_BY_MATCH'],
  // Rejected it is with its owner again.
  PROPOSED: ['ASSIGNED', 'RESOLVED', 'CLOSED_BY_MATCH'],
  RESOLVED: [],
  CLOSED_BY_MATCH: [],
} as const satisfies Record<string, readonly string[]>

/** Where a break stands. */
export type BreakState = keyof typeof breakTransitions

/** The states of a break that is not closed. */
export const openBreakStates = ['OPEN', 'ASSIGNED', 'PROPOSED'] as const satisfies BreakState[]

/** The states from which a break may come to `target`. */
export function breakStatesBefore(target: BreakState): BreakState[] {
  const table: Record<BreakState, readonly string[]> = breakTransitions
  return (Object.keys(table) as BreakState[]).filter((from) => table[from].includes(target))
}

/** How a person closes a break; `reconciliation.proto` says what each means. */
export type Resolution =
  'SETTLE_SUBJECT' | 'BOOK_TO_SUSPENSE' | 'BOOK_DIFFERENCE' | 'BOOK_PROVIDER_FEE' | 'BOOK_TO_BANK' | 'NO_CHANGE'

/** What both sides say about the money of a break; a side that says nothing is undefined. */
export type Difference = {
  readonly kind: BreakKind
  readonly provider: string
  readonly incoming: boolean
  /** What the provider has moved. */
  readonly theirs: Money | undefined
  /** What our books have moved. */
  readonly ours: Money | undefined
}

/** The holder of what belongs to the platform rather than to a company. */
const PLATFORM = 'platform'

const suspense: Account = { kind: 'SUSPENSE', holder: PLATFORM }
const difference: Account = { kind: 'RECONCILIATION_DIFFERENCE', holder: PLATFORM }
const bank: Account = { kind: 'BANK', holder: PLATFORM }

/** The other side of each resolution that books something. */
const counterpart = {
  BOOK_TO_SUSPENSE: () => suspense,
  BOOK_DIFFERENCE: () => difference,
  BOOK_TO_BANK: () => bank,
  BOOK_PROVIDER_FEE: (provider: string): Account => ({ kind: 'PROVIDER_FEES', holder: provider }),
} as const satisfies Partial<Record<Resolution, (provider: string) => Account>>

/**
 * The transfers that bring our books to what the provider says; empty when nothing is to be booked.
 *
 * @throws {RangeError} when a break of this kind cannot be resolved so
 */
export function transfersFor(resolution: Exclude<Resolution, 'SETTLE_SUBJECT'>, gap: Difference): Transfer[] {
  if (resolution === 'NO_CHANGE') return []
  const whole = gap.ours === undefined
  if (!whole && resolution !== 'BOOK_DIFFERENCE') {
    throw new RangeError('our books have this movement already: only the difference can be booked')
  }
  if (resolution === 'BOOK_TO_SUSPENSE' && !gap.incoming) {
    throw new RangeError('money that went out cannot be kept in suspense')
  }
  if ((resolution === 'BOOK_TO_BANK' || resolution === 'BOOK_PROVIDER_FEE') && gap.incoming) {
    throw new RangeError('money that came in is neither a fee nor a transfer to the bank')
  }
  const other = counterpart[resolution](gap.provider)
  return missingIn(gap).map((amount) => moved(gap, amount, other))
}

/** What our books lack, or with a minus have too much of, by currency. */
function missingIn({ theirs, ours }: Difference): Money[] {
  if (theirs && ours && theirs.currency === ours.currency) return [subtract(theirs, ours)]
  return [...(theirs ? [theirs] : []), ...(ours ? [negated(ours)] : [])]
}

/** Money that came in is debited at the provider's account, money that went out is credited there. */
function moved({ provider, incoming }: Difference, amount: Money, other: Account): Transfer {
  const clearing: Account = { kind: 'PROVIDER_CLEARING', holder: provider }
  const [from, to] = incoming === amount.minor > 0n ? [other, clearing] : [clearing, other]
  return { debit: to, credit: from, amount: amount.minor < 0n ? negated(amount) : amount }
}

const negated = ({ currency, minor }: Money): Money => ({ currency, minor: -minor })

/** The transfers that book a provider's fees, or what it gave back of them. */
export function feesOf(provider: string, fees: readonly { readonly incoming: boolean; readonly amount: Money }[]) {
  return fees.map(({ incoming, amount }) =>
    moved(
      { kind: 'MISSING_HERE', provider, incoming, theirs: amount, ours: undefined },
      amount,
      counterpart.BOOK_PROVIDER_FEE(provider),
    ),
  )
}

/** The sums that a break is about: what a second person must agree to when it is large. */
function atStake(gap: Difference): Money[] {
  return missingIn(gap).map((amount) => (amount.minor < 0n ? negated(amount) : amount))
}

/** Whether one person may resolve it: each sum is within the limit of its currency. */
export function oneMayResolve(gap: Difference, limits: Limits): boolean {
  return atStake(gap).every((amount) => isWithin(limits, amount))
}
