import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { LegLoad } from '../domain/levels.ts'
import type { Legs } from '../domain/legs.ts'
import type { SeatClass } from '../domain/ride.ts'
import { iso, run } from './query.ts'

/** The legs of one ride by class: seats there are, and seats that are sold or held. */
export type RideLoads = Partial<Record<SeatClass, readonly LegLoad[]>>

/** Counts seats and claims on every leg of some rides, in the order asked for. */
export async function legLoads(
  db: Queries,
  rides: readonly { readonly tripId: string; readonly legs: Legs }[],
  now: Date,
): Promise<RideLoads[]> {
  const loads = rides.map((): Partial<Record<SeatClass, LegLoad[]>> => ({}))
  if (rides.length === 0) return loads
  const asked = JSON.stringify(
    rides.map(({ tripId, legs }, place) => ({ place, trip_id: tripId, first: legs.from, last: legs.to - 1 })),
  )
  const rows = await run<{ place: number; leg: number; seat_class: SeatClass; seats: number; taken: number }>(
    db,
    sql`
    select r.place, g.leg, n.key as seat_class, n.value::int as seats,
      (select count(*)::int from seat_claim c
        where c.trip_id = r.trip_id and c.seat_class = n.key and c.legs @> g.leg and c.release_time is null
          and (c.hold_expire_time is null or c.hold_expire_time > ${iso(now)}::timestamptz)) as taken
    from jsonb_to_recordset(${asked}::jsonb) as r (place int, trip_id uuid, first int, last int)
    join trip t on t.trip_id = r.trip_id
    cross join lateral jsonb_each_text(t.seat_counts) n
    cross join lateral generate_series(r.first, r.last) g (leg)
    order by r.place, g.leg`,
  )
  for (const { place, seat_class: seatClass, ...load } of rows) (loads[place]![seatClass] ??= []).push(load)
  return loads
}

/**
 * Has sales at levels of a trip happen one after another until the transaction ends: what is counted after this stays true
 * but for full fares, which need no count.
 */
export async function lockLevels(tx: Tx, tripId: string): Promise<void> {
  await run(tx, sql`select 1 from trip where trip_id = ${tripId} for no key update`)
}
