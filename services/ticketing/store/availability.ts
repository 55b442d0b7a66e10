import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { type Legs, rangeText } from '../domain/legs.ts'
import { iso, run } from './query.ts'

/** Of claims `c`: one counts while it is sold, or held and not run out. */
export const live = (now: Date) => sql`c.release_time is null
  and (c.hold_expire_time is null or c.hold_expire_time > ${iso(now)}::timestamptz)`

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
