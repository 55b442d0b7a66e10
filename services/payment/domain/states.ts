/**
 * Where intents, attempts, refunds and payouts may stand, and which way leads from where to where.
 *
 * The database refuses a row of history that this table does not allow (function `state_may_change`); a test
 * holds the two together.
 */
export const transitions = {
  INTENT: {
    // Straight to SUCCEEDED when a provider takes back its "failed".
    REQUIRES_PAYMENT: ['PROCESSING', 'SUCCEEDED', 'EXPIRED', 'CANCELLED'],
    PROCESSING: ['SUCCEEDED', 'REQUIRES_PAYMENT', 'EXPIRED', 'CANCELLED'],
    // Money that comes late still is money: the order's owner keeps the order or refunds it.
    EXPIRED: ['SUCCEEDED'],
    CANCELLED: ['SUCCEEDED'],
    SUCCEEDED: [],
  },
  ATTEMPT: {
    CREATED: ['PENDING', 'RETRYING', 'UNKNOWN', 'SUCCEEDED', 'FAILED'],
    RETRYING: ['CREATED', 'FAILED'],
    PENDING: ['SUCCEEDED', 'FAILED', 'UNKNOWN'],
    UNKNOWN: ['PENDING', 'SUCCEEDED', 'FAILED'],
    // A provider may take back its "failed": what it took is then ours to book and to give back.
    FAILED: ['SUCCEEDED'],
    SUCCEEDED: [],
  },
  REFUND: {
    // Asked for by staff above their limit: another person decides.
    AWAITING_APPROVAL: ['CREATED', 'SUCCEEDED', 'REJECTED'],
    CREATED: ['PENDING', 'RETRYING', 'UNKNOWN', 'SUCCEEDED', 'FAILED'],
    RETRYING: ['CREATED', 'SUCCEEDED', 'FAILED'],
    PENDING: ['SUCCEEDED', 'FAILED', 'RETRYING', 'UNKNOWN'],
    // Sent again without harm: providers recognise a repeated refund.
    UNKNOWN: ['PENDING', 'RETRYING', 'SUCCEEDED', 'FAILED'],
    FAILED: [],
    SUCCEEDED: [],
    REJECTED: [],
  },
  PAYOUT: {
    AWAITING_APPROVAL: ['APPROVED', 'REJECTED', 'CANCELLED'],
    APPROVED: ['SENDING', 'CANCELLED'],
    SENDING: ['PENDING', 'RETRYING', 'UNKNOWN', 'SUCCEEDED', 'FAILED'],
    RETRYING: ['SENDING', 'SUCCEEDED', 'FAILED'],
    PENDING: ['SUCCEEDED', 'FAILED', 'RETRYING', 'UNKNOWN'],
    // Sent again only where the provider is known to recognise a repeat.
    UNKNOWN: ['PENDING', 'RETRYING', 'SUCCEEDED', 'FAILED'],
    SUCCEEDED: [],
    FAILED: [],
    REJECTED: [],
    CANCELLED: [],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>

/** What has states. */
export type Entity = keyof typeof transitions

/** The states of one kind of thing. */
export type StateOf<E extends Entity> = keyof (typeof transitions)[E] & string
/** Where an intent stands. */
export type IntentState = StateOf<'INTENT'>
/** Where an attempt stands. */
export type AttemptState = StateOf<'ATTEMPT'>
/** Where a refund stands. */
export type RefundState = StateOf<'REFUND'>
/** Where a payout stands. */
export type PayoutState = StateOf<'PAYOUT'>

/** The states from which one may come to `target`: the condition of every update that changes a state. */
export function comingTo<E extends Entity>(entity: E, target: StateOf<E>): StateOf<E>[] {
  const table: Record<string, readonly string[]> = transitions[entity]
  return Object.keys(table).filter((from) => table[from]!.includes(target)) as StateOf<E>[]
}

/** The states in which an attempt has no outcome yet: an intent has at most one attempt in them. */
export const liveAttemptStates = ['CREATED', 'RETRYING', 'PENDING', 'UNKNOWN'] as const satisfies AttemptState[]

/** Whether an intent is where it stays, as far as its payer is concerned. */
export function isFinalIntentState(state: IntentState): boolean {
  return state === 'SUCCEEDED' || state === 'EXPIRED' || state === 'CANCELLED'
}
