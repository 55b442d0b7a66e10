import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { type Legs, rangeText } from '../domain/legs.ts'
import type { SeatClass } from '../domain/ride.ts'
import { iso, run } from './query.ts'

/** Seats of each class that are not to be had on some leg of a ride. */
export type TakenSeats = Partial<Record<SeatClass, number>>

/** A claim counts while it is sold, or held and not run out. */
const live = (now: Date) => sql`c.release_time is null
  and (c.hold_expire_time is null or c.hold_expire_time > ${iso(now)}::timestamptz)`

/** Counts the seats that are taken on each of some rides, in the order asked for; every leg of a ride counts. */
export async function takenSeats(
  db: Queries,
  rides: readonly { readonly tripId: string; readonly legs: Legs }[],
  now: Date,
): Promise<TakenSeats[]> {
  const taken: TakenSeats[] = rides.map(() => ({}))
  if (rides.length === 0) return taken
  const asked = JSON.stringify(
    rides.map(({ tripId, legs }, place) => ({ place, trip_id: tripId, legs: rangeText(legs) })),
  )
  const rows = await run<{ place: number; seat_class: SeatClass; seats: number }>(
    db,
    sql`
    select r.place, c.seat_class, c.seats
    from jsonb_to_recordset(${asked}::jsonb) as r (place int, trip_id uuid, legs text)
    -- Lateral, so that each trip's claims are looked up and nobody else's are read.
    cross join lateral (
      select c.seat_class, count(distinct c.seat_label)::int as seats from seat_claim c
      where c.trip_id = r.trip_id and c.legs && r.legs::int4range and ${live(now)}
      group by c.seat_class) c`,
  )
  for (const { place, seat_class: seatClass, seats } of rows) taken[place]![seatClass] = seats
  return taken
}

/** Why a seat is not to be had. */
export type SeatState = 'HELD' | 'SOLD'

/** The seats of a trip that are taken on some leg of a ride; sold anywhere counts more than held. */
export async function seatStates(db: Queries, tripId: string, legs: Legs, now: Date): Promise<Map<string, SeatState>> {
  const rows = await run<{ seat_label: string; sold: boolean }>(
    db,
    sql`
    select c.seat_label, bool_or(c.hold_expire_time is null) as sold
    from seat_claim c
    where c.trip_id = ${tripId} and c.legs && ${rangeText(legs)}::int4range and ${live(now)}
    group by c.seat_label`,
  )
  return new Map(rows.map((row) => [row.seat_label, row.sold ? 'SOLD' : 'HELD']))
}
