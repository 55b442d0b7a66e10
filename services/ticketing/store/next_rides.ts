import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { Legs } from '../domain/legs.ts'
import { iso, run } from './query.ts'

/** Which rides could take the place of one. */
export type NextRidesWanted = {
  readonly tenantId: string
  readonly originStopId: string
  readonly destinationStopId: string
  readonly leavingAfter: Date
  readonly leavingBefore: Date
  /** Trips that are no help: cancelled themselves, or about to be. */
  readonly exceptTripIds: readonly string[]
  readonly limit: number
}

/** A ride between the same two stops on another trip of the same company. */
export type NextRide = { readonly tripId: string; readonly legs: Legs }

/** The rides between two stops of one company that leave within some time, the next one first, one for each trip. */
export async function nextRides(db: Queries, wanted: NextRidesWanted): Promise<NextRide[]> {
  const rows = await run<{ trip_id: string; from_sequence: number; to_sequence: number }>(
    db,
    sql`
    select trip_id, from_sequence, to_sequence from (
      select distinct on (t.trip_id) t.trip_id, o.sequence as from_sequence, d.sequence as to_sequence,
        o.departure_time
      from trip_call o
      join trip_call d on d.trip_id = o.trip_id and d.sequence > o.sequence
        and d.stop_id = ${wanted.destinationStopId} and d.drop_off_allowed
      join trip t on t.trip_id = o.trip_id and t.tenant_id = ${wanted.tenantId} and t.seat_counts <> '{}'
      join trip_state s on s.trip_id = t.trip_id and s.state not in ('CANCELLED', 'ARRIVED')
        and not (s.state = 'DEPARTED' and o.sequence = 0)
      where o.stop_id = ${wanted.originStopId} and o.pickup_allowed
        and o.departure_time >= ${iso(wanted.leavingAfter)}::timestamptz
        and o.departure_time <= ${iso(wanted.leavingBefore)}::timestamptz
        -- One day more on either side, whatever the zone: the index goes by stop and service date.
        and o.service_date between ${iso(wanted.leavingAfter)}::timestamptz::date - 2
          and ${iso(wanted.leavingBefore)}::timestamptz::date + 1
        and t.trip_id <> all(${sql.param(wanted.exceptTripIds)}::uuid[])
      order by t.trip_id, o.sequence, d.sequence) ride
    order by departure_time, trip_id limit ${wanted.limit}`,
  )
  return rows.map((row) => ({ tripId: row.trip_id, legs: { from: row.from_sequence, to: row.to_sequence } }))
}
