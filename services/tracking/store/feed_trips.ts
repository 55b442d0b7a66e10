import { sql } from 'drizzle-orm'
import { type Queries, serviceInstant } from '#kit'
import type { PlatedBus, ScheduledTrip } from '../domain/feed/match.ts'
import type { Sample } from '../domain/sample.ts'
import { iso, run } from './query.ts'

type TripRow = {
  trip_id: string
  schedule_id: string
  service_date: string
  time_zone: string
  departure_ms: number
  arrival_ms: number
  bus_id: string | null
  bus_plate: string
}

/** The runs of some schedules of a company that are on the road within some time. */
export async function tripsOfSchedules(
  db: Queries,
  tenantId: string,
  scheduleIds: readonly string[],
  around: { readonly from: Date; readonly until: Date },
): Promise<ScheduledTrip[]> {
  const rows = await run<TripRow>(
    db,
    sql`
    select t.trip_id, t.schedule_id, t.service_date, t.time_zone, t.bus_id, t.bus_plate,
      (extract(epoch from t.departure_time) * 1000)::float8 as departure_ms,
      (extract(epoch from t.arrival_time) * 1000)::float8 as arrival_ms
    from trip t join trip_state s using (trip_id)
    where t.tenant_id = ${tenantId} and t.schedule_id = any (${`{${scheduleIds.join(',')}}`}::uuid[])
      and t.departure_time < ${iso(around.until)} and t.arrival_time > ${iso(around.from)} and s.state <> 'CANCELLED'`,
  )
  return rows.map((row) => ({
    tripId: row.trip_id,
    scheduleId: row.schedule_id,
    serviceDate: row.service_date,
    startSeconds: Math.round((row.departure_ms - serviceInstant(row.service_date, 0, row.time_zone).getTime()) / 1_000),
    departureMs: row.departure_ms,
    arrivalMs: row.arrival_ms,
    busId: row.bus_id ?? undefined,
    busPlate: row.bus_plate,
  }))
}

/** The buses that ran trips of a company lately, or are to. */
export async function busesSince(db: Queries, tenantId: string, since: Date): Promise<PlatedBus[]> {
  const rows = await run<{ bus_id: string; bus_plate: string }>(
    db,
    sql`
    select distinct on (bus_id) bus_id, bus_plate from trip
    where tenant_id = ${tenantId} and bus_id is not null and departure_time > ${iso(since)}
    order by bus_id, departure_time desc`,
  )
  return rows.map((row) => ({ busId: row.bus_id, busPlate: row.bus_plate }))
}

/** A vehicle of a feed that records for a bus. */
export type FeedRecording = {
  readonly recordingId: string
  readonly tenantId: string
  readonly busId: string
  readonly tripId: string | undefined
  readonly feedVehicle: string
}

type LastRow = {
  recording_id: string
  sequence: string
  sample_ms: number
  latitude_degrees: number
  longitude_degrees: number
}

/** Begins recordings of a feed, or goes on with them; answers the last position of each that has one. */
export async function openFeedRecordings(
  db: Queries,
  recordings: readonly FeedRecording[],
  now: Date,
): Promise<Map<string, Sample>> {
  if (recordings.length === 0) return new Map()
  await run(
    db,
    sql`
    insert into recording (recording_id, tenant_id, bus_id, trip_id, feed_vehicle, create_time)
    select (r ->> 'recordingId')::uuid, (r ->> 'tenantId')::uuid, (r ->> 'busId')::uuid, (r ->> 'tripId')::uuid,
      r ->> 'feedVehicle', ${iso(now)}
    from jsonb_array_elements(${JSON.stringify(recordings)}::text::jsonb) r
    on conflict do nothing`,
  )
  const ids = recordings.map(({ recordingId }) => recordingId)
  const rows = await run<LastRow>(
    db,
    sql`
    select r.recording_id, p.sequence, (extract(epoch from p.sample_time) * 1000)::float8 as sample_ms,
      p.latitude_degrees, p.longitude_degrees
    from unnest(${`{${ids.join(',')}}`}::uuid[]) r (recording_id)
    cross join lateral (select * from position where recording_id = r.recording_id order by sequence desc limit 1) p`,
  )
  return new Map(
    rows.map((row) => [
      row.recording_id,
      {
        sequence: Number(row.sequence),
        timeMs: row.sample_ms,
        latitudeDegrees: row.latitude_degrees,
        longitudeDegrees: row.longitude_degrees,
      },
    ]),
  )
}
