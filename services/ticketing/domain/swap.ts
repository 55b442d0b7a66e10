import type { Booking, Passenger } from './booking.ts'
import { loadOf, type LegLoad, type Party, seatAnew } from './reseating.ts'
import type { Ride, Seat } from './ride.ts'

/** A booking and its ride. */
export type Rider = { readonly booking: Booking; readonly ride: Ride }

/** One passenger's seat until now and in the bus that comes. */
export type SeatOf = { readonly passenger: Passenger; readonly seat: Seat }

/** A booking that has its seats in the bus that comes. */
export type Seated = Rider & {
  readonly seats: readonly SeatOf[]
  /** Whether its claims must be made anew: a seat changed, or one of them was lost before. */
  readonly moves: boolean
}

/** What becomes of everybody on a trip whose bus, or whose seats, change. */
export type SwapPlan = {
  readonly seated: readonly Seated[]
  readonly unseated: readonly Rider[]
  /** Who has arrived: the seats of another bus are not theirs any more. */
  readonly arrived: readonly Rider[]
  /** Where the seats are too few. */
  readonly shortages: readonly LegLoad[]
}

/** Seats everybody who still rides; who has arrived, or missed the bus, needs no seat. */
export function planSwap(everybody: readonly Rider[], seats: readonly Seat[], now: Date): SwapPlan {
  const riders = everybody.map(withoutNoShows).filter(({ booking }) => booking.passengers.length > 0)
  const [riding, arrived] = [true, false].map((rides) =>
    riders.filter(({ ride }) => ride.destination.arrivalTime > now === rides),
  ) as [Rider[], Rider[]]
  const parties = new Map<Party, Rider>(riding.map((rider) => [partyOf(rider.booking), rider]))
  const { seated, unseated } = seatAnew([...parties.keys()], seats)
  return {
    seated: [...seated].map(([party, given]) => seatedOf(parties.get(party)!, given)),
    unseated: unseated.map((party) => parties.get(party)!),
    arrived,
    shortages: loadOf([...parties.keys()], seats).filter(({ needed, there }) => needed > there),
  }
}

/** Whether a passenger's ticket says another seat than the passenger has now. */
export function isMoved({ passenger, seat }: SeatOf): boolean {
  return passenger.seatLabel !== seat.label || passenger.seatClass !== seat.seatClass
}

/** A booking as it is with its new seats. */
export function withSeats({ booking, seats }: Seated): Booking {
  const passengers = seats.map(({ passenger, seat }) => ({
    ...passenger,
    seatLabel: seat.label,
    seatClass: seat.seatClass,
  }))
  return { ...booking, passengers }
}

function withoutNoShows({ booking, ride }: Rider): Rider {
  const passengers = booking.passengers.filter(({ ticket }) => ticket?.state !== 'NO_SHOW')
  return { booking: { ...booking, passengers }, ride }
}

function partyOf(booking: Booking): Party {
  const { bookingId, fromSequence, toSequence, state, createTime, passengers } = booking
  return {
    bookingId,
    legs: { from: fromSequence, to: toSequence },
    held: state === 'HELD',
    createTime,
    seats: passengers,
  }
}

function seatedOf(rider: Rider, given: readonly Seat[]): Seated {
  const { booking } = rider
  const seats = booking.passengers.map((passenger, i) => ({ passenger, seat: given[i]! }))
  return { ...rider, seats, moves: seats.some(isMoved) || booking.liveClaims < seats.length }
}
