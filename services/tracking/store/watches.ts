import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { Watch } from '../domain/watch/watch.ts'
import type { WatchedTrip } from '../domain/watch/types.ts'
import type { TripState } from '../domain/duty.ts'
import { iso, run } from './query.ts'

/** How far a bus was watched. */
export type WatchRow = {
  readonly busId: string
  readonly tenantId: string
  /** One more with every writing: who has not seen the newest writes nothing. */
  readonly revision: number
  readonly watch: Watch
}

const uuids = (ids: readonly string[]) => sql`${`{${ids.join(',')}}`}::uuid[]`

/** How far buses were watched; those that never were are left out. */
export async function watchesOf(db: Queries, busIds: readonly string[]): Promise<WatchRow[]> {
  const rows = await run<{ bus_id: string; tenant_id: string; revision: string; state: string }>(
    db,
    sql`select bus_id, tenant_id, revision, state::text as state from bus_watch where bus_id = any (${uuids(busIds)})`,
  )
  return rows.map((row) => ({
    busId: row.bus_id,
    tenantId: row.tenant_id,
    revision: Number(row.revision),
    watch: JSON.parse(row.state) as Watch,
  }))
}

/** A bus whose watch was written, and since when it had been silent if that was told. */
export type SavedWatch = { readonly busId: string; readonly silentSince: Date | undefined }

/** Writes how far buses of a company were watched. Those of which another process wrote meanwhile are left out of the answer. */
export async function saveWatches(tx: Tx, rows: readonly WatchRow[], now: Date): Promise<SavedWatch[]> {
  const values = rows.map(({ busId, tenantId, revision, watch }) => ({
    bus_id: busId,
    tenant_id: tenantId,
    trip_id: watch.tripId ?? null,
    revision,
    sample_time: new Date(watch.last.timeMs).toISOString(),
    latitude_degrees: watch.last.latitudeDegrees,
    longitude_degrees: watch.last.longitudeDegrees,
    state: watch,
  }))
  const silent = await run<{ bus_id: string; seen_time: string | null }>(
    tx,
    sql`
    select bus_id, case when offline_time is not null then seen_time end as seen_time from bus_watch
    where bus_id = any (${uuids(rows.map(({ busId }) => busId))}) order by bus_id for update`,
  )
  const seenTimes = new Map(silent.map((row) => [row.bus_id, row.seen_time]))
  const saved = await run<{ bus_id: string }>(
    tx,
    sql`
    with value as (
      select * from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as v (bus_id uuid, tenant_id uuid, trip_id uuid,
        revision bigint, sample_time timestamptz, latitude_degrees float8, longitude_degrees float8, state jsonb)
    ), saved as (
      insert into bus_watch (bus_id, tenant_id, trip_id, revision, sample_time, latitude_degrees, longitude_degrees, state,
        seen_time)
      select bus_id, tenant_id, trip_id, revision, sample_time, latitude_degrees, longitude_degrees, state,
        ${iso(now)}::timestamptz from value order by bus_id
      on conflict (bus_id) do update set trip_id = excluded.trip_id, revision = excluded.revision,
        sample_time = excluded.sample_time, latitude_degrees = excluded.latitude_degrees,
        longitude_degrees = excluded.longitude_degrees, state = excluded.state, seen_time = excluded.seen_time,
        offline_time = null
        where bus_watch.revision = excluded.revision - 1
      returning bus_id
    )
    select bus_id from saved`,
  )
  return saved.map(({ bus_id: busId }) => {
    const seenTime = seenTimes.get(busId) ?? undefined
    return { busId, silentSince: seenTime === undefined ? undefined : new Date(seenTime) }
  })
}

/** A bus of which nothing is heard, where it was seen last. */
export type SilentBus = {
  readonly busId: string
  readonly tenantId: string
  readonly tripId: string | undefined
  readonly sampleTime: Date
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
}

type SilentRow = {
  bus_id: string
  tenant_id: string
  trip_id: string | null
  sample_time: string
  latitude_degrees: number
  longitude_degrees: number
}

/** Companies with buses on their way that were not heard of since a time. */
export async function companiesWithSilentBuses(db: Queries, before: Date): Promise<string[]> {
  const rows = await run<{ tenant_id: string }>(
    db,
    sql`
    select distinct w.tenant_id from bus_watch w join trip_state s on s.trip_id = w.trip_id
    where w.offline_time is null and w.seen_time < ${iso(before)} and s.state = 'DEPARTED'`,
  )
  return rows.map((row) => row.tenant_id)
}

/** Notes the session's company's buses on their way that were not heard of since a time; each once. */
export async function noteSilent(tx: Tx, before: Date, now: Date): Promise<SilentBus[]> {
  const rows = await run<SilentRow>(
    tx,
    sql`
    update bus_watch w set offline_time = ${iso(now)} from trip_state s
    where s.trip_id = w.trip_id and s.state = 'DEPARTED' and w.offline_time is null and w.seen_time < ${iso(before)}
    returning w.bus_id, w.tenant_id, w.trip_id, w.sample_time, w.latitude_degrees, w.longitude_degrees`,
  )
  return rows.map((row) => ({
    busId: row.bus_id,
    tenantId: row.tenant_id,
    tripId: row.trip_id ?? undefined,
    sampleTime: new Date(row.sample_time),
    latitudeDegrees: row.latitude_degrees,
    longitudeDegrees: row.longitude_degrees,
  }))
}

type TripRow = { trip_id: string; route_id: string | null; calls: string; state: TripState }

/** Trips as watching needs them. */
export async function watchedTrips(db: Queries, tripIds: readonly string[]): Promise<WatchedTrip[]> {
  const rows = await run<TripRow>(
    db,
    sql`
    select t.trip_id, t.route_id, t.calls::text as calls, s.state from trip t join trip_state s using (trip_id)
    where t.trip_id = any (${uuids(tripIds)})`,
  )
  return rows.map((row) => ({
    tripId: row.trip_id,
    routeId: row.route_id ?? undefined,
    isUnderway: row.state === 'DEPARTED',
    calls: JSON.parse(row.calls) as WatchedTrip['calls'],
  }))
}
