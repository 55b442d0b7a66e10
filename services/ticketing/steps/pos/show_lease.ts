import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Queries } from '#kit'
import type { SeatLeaseSchema } from '#gen/tms/ticketing/v1/point_of_sale_pb.ts'
import type { Lease } from '../../store/pos/leases.ts'
import { ridesOf } from '../../store/rides.ts'
import { termsByVersion } from '../../store/sales_terms.ts'
import { leaseToProto, type ShownSeat } from '../../wire/pos/leases.ts'

/** A lease as its device is shown it: with its seats, their prices, and the rides from its station to every stop that one of its tickets leads to. */
export async function showLease(
  db: Queries,
  lease: Lease,
  seats: readonly ShownSeat[],
): Promise<MessageInitShape<typeof SeatLeaseSchema>> {
  const { tripId, fromSequence } = lease
  const tickets = seats.flatMap((seat) => seat.tickets)
  const stops = new Set(tickets.map(({ toSequence }) => toSequence))
  const ends = stops.size > 0 ? [...stops].sort((a, b) => a - b) : [lease.toSequence]
  const rides = await ridesOf(
    db,
    ends.map((toSequence) => ({ tripId, fromSequence, toSequence })),
  )
  const terms = await termsByVersion(
    db,
    lease.tenantId,
    tickets.map(({ offer }) => offer.termsVersion),
  )
  return leaseToProto(lease, seats, rides, terms)
}
