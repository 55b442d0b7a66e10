import type { Queries } from '#kit'
import type { Ride } from '../../domain/ride.ts'
import type { Lease } from '../../store/pos/leases.ts'
import { ridesOf } from '../../store/rides.ts'
import type { ShownSeat } from '../../wire/pos/leases.ts'

/** The rides of a lease: from its station to every stop that one of its tickets leads to. */
export function ridesOfLease(db: Queries, lease: Lease, seats: readonly Pick<ShownSeat, 'tickets'>[]): Promise<Ride[]> {
  const stops = new Set(seats.flatMap(({ tickets }) => tickets.map(({ toSequence }) => toSequence)))
  const ends = stops.size > 0 ? [...stops].sort((a, b) => a - b) : [lease.toSequence]
  const { tripId, fromSequence } = lease
  return ridesOf(
    db,
    ends.map((toSequence) => ({ tripId, fromSequence, toSequence })),
  )
}
