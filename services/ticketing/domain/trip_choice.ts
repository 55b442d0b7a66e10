/** Who or what decides a choice. */
export type Decider = 'PASSENGER' | 'CANCELLATION' | 'DEADLINE' | 'TRIP'

/** What the passenger of a cancelled trip is asked: ride on with the replacement, or have the money back. */
export type TripChoice = {
  readonly choiceId: string
  readonly tenantId: string
  readonly bookingId: string
  readonly tripId: string
  /** The booking that keeps the seats on the next trip. */
  readonly replacementBookingId: string
  readonly reason: string
  readonly state: 'OPEN' | 'MOVED' | 'REFUNDED' | 'WITHDRAWN'
  readonly decider: Decider | undefined
  readonly deadlineTime: Date
  readonly decideTime: Date | undefined
}

/** Less time than this is no choice: whoever reads the message later than it came stands before a closed door. */
const LEAST_MINUTES = 10

/**
 * Until when a passenger may choose; undefined when the next trip leaves too soon for that.
 *
 * @param saleEnd when the seats of the next trip are no longer sold
 */
export function choiceDeadline(now: Date, saleEnd: Date, hours: number): Date | undefined {
  const deadline = new Date(Math.min(now.getTime() + hours * 3_600_000, saleEnd.getTime()))
  return deadline.getTime() - now.getTime() < LEAST_MINUTES * 60_000 ? undefined : deadline
}
