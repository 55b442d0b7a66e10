import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { DrivenTrip, TripState } from '../domain/duty.ts'
import type { WatchedCall } from '../domain/watch/types.ts'
import { iso, run } from './query.ts'

/** A trip as its company tells it. */
export type TripSnapshot = {
  readonly tripId: string
  readonly tenantId: string
  readonly revision: bigint
  readonly busId: string | undefined
  readonly busPlate: string
  readonly departureTime: Date
  readonly arrivalTime: Date
  readonly routeId: string | undefined
  readonly calls: readonly (WatchedCall & { readonly stopName: string; readonly town: string })[]
}

/** Takes a snapshot over, unless a newer one is here. */
export async function copyTrip(tx: Tx, trip: TripSnapshot): Promise<void> {
  await run(
    tx,
    sql`
    insert into trip (trip_id, tenant_id, revision, bus_id, bus_plate, departure_time, arrival_time, route_id,
      calls)
    values (${trip.tripId}, ${trip.tenantId}, ${trip.revision}, ${trip.busId ?? null}, ${trip.busPlate},
      ${iso(trip.departureTime)}, ${iso(trip.arrivalTime)},
      ${trip.routeId ?? null}, ${JSON.stringify(trip.calls)}::jsonb)
    on conflict (trip_id) do update set revision = excluded.revision, bus_id = excluded.bus_id,
      bus_plate = excluded.bus_plate, departure_time = excluded.departure_time, arrival_time = excluded.arrival_time,
      route_id = excluded.route_id, calls = excluded.calls
      where trip.revision < excluded.revision`,
  )
}

/** Where a trip stands, by one event or another. */
export type TripStateNote = {
  readonly tripId: string
  readonly tenantId: string
  readonly revision: bigint
  readonly state: TripState
  readonly changeTime: Date
}

/** Notes where a trip stands; what a newer event said stays. */
export async function noteTripState(tx: Tx, note: TripStateNote): Promise<void> {
  await run(
    tx,
    sql`
    insert into trip_state (trip_id, tenant_id, revision, state, change_time)
    values (${note.tripId}, ${note.tenantId}, ${note.revision}, ${note.state}, ${iso(note.changeTime)})
    on conflict (trip_id) do update
      set revision = excluded.revision, state = excluded.state,
        change_time = case when trip_state.state = excluded.state then trip_state.change_time else excluded.change_time end
      where trip_state.revision < excluded.revision`,
  )
}

/** A driver on a trip. */
export type Assignment = {
  readonly assignmentId: string
  readonly tenantId: string
  readonly tripId: string
  readonly driverUserId: string
}

/** Notes an assignment; one that is known to have ended stays ended. */
export async function noteAssigned(tx: Tx, assignment: Assignment): Promise<void> {
  await insertAssignment(tx, assignment, false)
}

/** Notes that an assignment ended, also before it is known that it began. */
export async function noteReleased(tx: Tx, assignment: Assignment): Promise<void> {
  await insertAssignment(tx, assignment, true)
}

async function insertAssignment(tx: Tx, one: Assignment, released: boolean): Promise<void> {
  await run(
    tx,
    sql`
    insert into driver_assignment (assignment_id, tenant_id, trip_id, driver_user_id, released)
    values (${one.assignmentId}, ${one.tenantId}, ${one.tripId}, ${one.driverUserId}, ${released})
    on conflict (assignment_id) do update set released = true where excluded.released`,
  )
}

/** A trip, and whether somebody drives it. */
export type TripOfDriver = DrivenTrip & {
  readonly tenantId: string
  readonly busId: string | undefined
  readonly busPlate: string
  readonly assigned: boolean
}

type TripRow = {
  tenant_id: string
  bus_id: string | null
  bus_plate: string
  departure_ms: number
  state: TripState
  state_ms: number
  assigned: boolean
}

/** A trip and whether a user drives it, undefined when there is no such trip. Whose it is decides the caller. */
export async function findTripOfDriver(db: Queries, tripId: string, userId: string): Promise<TripOfDriver | undefined> {
  const [row] = await run<TripRow>(
    db,
    sql`
    select t.tenant_id, t.bus_id, t.bus_plate, (extract(epoch from t.departure_time) * 1000)::float8 as departure_ms,
      s.state, (extract(epoch from s.change_time) * 1000)::float8 as state_ms,
      exists (select from driver_assignment a
        where a.trip_id = t.trip_id and a.driver_user_id = ${userId} and not a.released) as assigned
    from trip t join trip_state s using (trip_id) where t.trip_id = ${tripId}`,
  )
  if (!row) return undefined
  return {
    tenantId: row.tenant_id,
    busId: row.bus_id ?? undefined,
    busPlate: row.bus_plate,
    assigned: row.assigned,
    state: row.state,
    stateTimeMs: row.state_ms,
    departureTimeMs: row.departure_ms,
  }
}

/** Whether the session's company has a trip. */
export async function hasTrip(db: Queries, tripId: string): Promise<boolean> {
  const rows = await run(db, sql`select from trip where trip_id = ${tripId}`)
  return rows.length > 0
}
