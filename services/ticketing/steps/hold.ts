import type { Booking } from '../domain/booking.ts'
import { refuse } from '../errors.ts'
import type { Claimed, Hold } from '../store/claims.ts'

/**
 * The fencing token of seats that were all claimed.
 *
 * @throws {ConnectError} TRIP_CHANGED, SEAT_TAKEN: then nothing may be kept
 */
export function assertClaimed(plan: Hold, claimed: Claimed | undefined): bigint {
  if (!claimed) throw refuse('TRIP_CHANGED', 'the trip was changed at this moment; ask again')
  const taken = plan.seats.find((seat) => !claimed.seatLabels.includes(seat.seatLabel))
  if (taken) throw seatTaken(taken.seatLabel)
  return claimed.fence
}

export function seatTaken(label: string) {
  return refuse('SEAT_TAKEN', `seat ${label} is taken`, { seat: label })
}

/** The booking as it was just written. */
export function heldBooking(plan: Hold, fence: bigint): Booking {
  return {
    ...plan,
    fromSequence: plan.legs.from,
    toSequence: plan.legs.to,
    state: 'HELD',
    fence,
    createTime: plan.now,
    confirmTime: undefined,
    cancelTime: undefined,
    cancelCause: undefined,
    liveClaims: plan.seats.length,
    passengers: plan.seats.map((seat) => ({ ...seat, ticket: undefined })),
    refunds: [],
    replaces: undefined,
    replacedById: undefined,
    open: undefined,
    carried: [],
    doorSale: false,
  }
}
