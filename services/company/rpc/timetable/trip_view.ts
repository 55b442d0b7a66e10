import type { MessageInitShape } from '@bufbuild/protobuf'
import type { TripSchema } from '#gen/tms/company/v1/trip_pb.ts'
import type { Queries } from '#kit'
import { companyOfTrips, tripFacts } from '../../store/trip_facts.ts'
import type { TripRow } from '../../store/trips.ts'
import { tripToProto } from '../../wire/trip.ts'

/** Some trips of one company on the wire. */
export async function tripsToProto(
  tx: Queries,
  tenantId: string,
  trips: readonly TripRow[],
): Promise<MessageInitShape<typeof TripSchema>[]> {
  if (trips.length === 0) return []
  const facts = await tripFacts(tx, await companyOfTrips(tx, tenantId), trips)
  return trips.map((trip) => tripToProto(trip, facts))
}
