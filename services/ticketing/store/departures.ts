import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { instant, iso, run } from './query.ts'

/** A stop that the bus has left. */
export type StopDeparture = { readonly sequence: number; readonly leaveTime: Date }

/** A stop that somebody says the bus has left; nobody when the company reported it. */
export type Leaving = {
  readonly tenantId: string
  readonly tripId: string
  readonly sequence: number
  readonly now: Date
  readonly userId: string | undefined
}

/** Writes down that the bus has left a stop; what was said first stays. */
export async function noteLeft(tx: Tx, leaving: Leaving): Promise<StopDeparture> {
  const { tenantId, tripId, sequence, now, userId } = leaving
  const [row] = await run<{ leave_time: string }>(
    tx,
    sql`
    with first as (
      insert into stop_departure (trip_id, sequence, tenant_id, leave_time, user_id)
      values (${tripId}, ${sequence}, ${tenantId}, ${iso(now)}::timestamptz, ${userId ?? null}::uuid)
      on conflict do nothing returning leave_time
    )
    select leave_time from first
    union all
    select leave_time from stop_departure where trip_id = ${tripId} and sequence = ${sequence}`,
  )
  // Another transaction said it at the same moment, unseen by this statement.
  return { sequence, leaveTime: row ? instant(row.leave_time) : now }
}

/** The stops that the bus of a trip has left, in order. */
export async function stopsLeft(db: Queries, tripId: string): Promise<StopDeparture[]> {
  const rows = await run<{ sequence: number; leave_time: string }>(
    db,
    sql`select sequence, leave_time from stop_departure where trip_id = ${tripId} order by sequence`,
  )
  return rows.map((row) => ({ sequence: row.sequence, leaveTime: instant(row.leave_time) }))
}

/** The last stop that the bus has left; -1 while it has left none. */
export async function lastLeft(db: Queries, tripId: string): Promise<number> {
  const [row] = await run<{ last: number | null }>(
    db,
    sql`select max(sequence) as last from stop_departure where trip_id = ${tripId}`,
  )
  return row?.last ?? -1
}

/** How many calls a trip makes, and where it stands. Undefined when there is no such trip. */
export async function callCount(db: Queries, tripId: string): Promise<number | undefined> {
  const [row] = await run<{ calls: number }>(
    db,
    sql`select (select count(*)::int from trip_call c where c.trip_id = t.trip_id) as calls
      from trip t where t.trip_id = ${tripId}`,
  )
  return row?.calls
}
