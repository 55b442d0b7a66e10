/** Where a booking stands. */
export type BookingState = 'HELD' | 'CONFIRMED' | 'EXPIRED' | 'RELEASED' | 'CANCELLED'

/** What may follow what. A state that is not listed behind another never follows it. */
const transitions: Readonly<Record<BookingState, readonly BookingState[]>> = {
  HELD: ['CONFIRMED', 'EXPIRED', 'RELEASED'],
  // The payment came late, and seats were still to be had.
  EXPIRED: ['CONFIRMED'],
  CONFIRMED: ['CANCELLED'],
  RELEASED: [],
  CANCELLED: [],
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
 * What a reader is told: a hold whose time is over has expired, also before the job has written it down.
 */
export function stateAt(
  booking: { readonly state: BookingState; readonly holdExpireTime: Date },
  now: Date,
): BookingState {
  return booking.state === 'HELD' && booking.holdExpireTime <= now ? 'EXPIRED' : booking.state
}
