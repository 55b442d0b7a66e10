/** Where a booking stands. */
export type BookingState = 'HELD' | 'CONFIRMED' | 'EXPIRED' | 'RELEASED' | 'CANCELLED' | 'OPEN'

/** What may follow what. A state that is not listed behind another never follows it. */
const transitions: Readonly<Record<BookingState, readonly BookingState[]>> = {
  HELD: ['CONFIRMED', 'EXPIRED', 'RELEASED'],
  // The payment came late, and seats were still to be had.
  EXPIRED: ['CONFIRMED'],
  CONFIRMED: ['CANCELLED', 'OPEN'],
  RELEASED: [],
  CANCELLED: [],
  // An open ticket: paid, without a seat, until another booking takes its place.
  OPEN: ['CANCELLED'],
}

/** Whether a booking may go from one state to another. */
export function mayBecome(from: BookingState, to: BookingState): boolean {
  return transitions[from].includes(to)
}

/** The states that may lead to one: the condition of the update that does it. */
export function sourcesOf(to: BookingState): BookingState[] {
  return (Object.keys(transitions) as BookingState[]).filter((from) => mayBecome(from, to))
}

/**
 * What a reader is told: a hold or an open ticket whose time is over has expired, also before a job has written it down.
 */
export function stateAt(
  booking: {
    readonly state: BookingState
    readonly holdExpireTime: Date
    readonly open?: { readonly expireTime: Date } | undefined
  },
  now: Date,
): BookingState {
  if (booking.state === 'HELD' && booking.holdExpireTime <= now) return 'EXPIRED'
  return booking.state === 'OPEN' && booking.open && booking.open.expireTime <= now ? 'EXPIRED' : booking.state
}
