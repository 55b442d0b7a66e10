import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { TripState } from '../domain/duty.ts'
import type { Sample } from '../domain/sample.ts'
import { iso, run } from './query.ts'

/** Who records, for which bus. */
export type Recording = {
  readonly recordingId: string
  readonly tenantId: string
  readonly busId: string
  readonly tripId: string | undefined
  readonly driverUserId: string | undefined
  readonly deviceKeyId: string | undefined
}

/** Begins a recording, or goes on with it. False when it is somebody else's, or of another bus or trip. */
export async function claimRecording(db: Queries, recording: Recording, now: Date): Promise<boolean> {
  const { recordingId, tenantId, busId } = recording
  const [tripId, driverUserId, deviceKeyId] = [recording.tripId, recording.driverUserId, recording.deviceKeyId].map(
    (id) => id ?? null,
  )
  await run(
    db,
    sql`
    insert into recording (recording_id, tenant_id, bus_id, trip_id, driver_user_id, device_key_id, create_time)
    values (${recordingId}, ${tenantId}, ${busId}, ${tripId}, ${driverUserId}, ${deviceKeyId}, ${iso(now)})
    on conflict do nothing`,
  )
  const same = await run(
    db,
    sql`
    select from recording where recording_id = ${recordingId} and tenant_id = ${tenantId} and bus_id = ${busId}
      and trip_id is not distinct from ${tripId} and driver_user_id is not distinct from ${driverUserId}
      and device_key_id is not distinct from ${deviceKeyId}`,
  )
  return same.length > 0
}

type LastRow = {
  sequence: string
  sample_ms: number
  latitude_degrees: number
  longitude_degrees: number
  accuracy_meters: number | null
}

/** The last position of a recording that is in the history, with what the next one is judged by. */
export async function lastSample(db: Queries, recordingId: string): Promise<Sample | undefined> {
  const [row] = await run<LastRow>(
    db,
    sql`
    select sequence, (extract(epoch from sample_time) * 1000)::float8 as sample_ms, latitude_degrees, longitude_degrees,
      accuracy_meters
    from position where recording_id = ${recordingId} order by sequence desc limit 1`,
  )
  if (!row) return undefined
  return {
    sequence: Number(row.sequence),
    timeMs: row.sample_ms,
    latitudeDegrees: row.latitude_degrees,
    longitudeDegrees: row.longitude_degrees,
    accuracyMeters: row.accuracy_meters ?? undefined,
  }
}

/** What holds now for a recording that is being made. */
export type Standing = {
  readonly recordingId: string
  /** Whether the driver still drives the trip with this bus, or the device key still counts. */
  readonly allowed: boolean
  /** The trip that the bus is on. */
  readonly tripId: string | undefined
  /** Of a driver's trip. */
  readonly trip:
    { readonly state: TripState; readonly stateTimeMs: number; readonly departureTimeMs: number } | undefined
  /** How far apart the bus's positions are measured; undefined for as usual. */
  readonly intervalSeconds: number | undefined
}

type StandingRow = {
  recording_id: string
  allowed: boolean
  trip_id: string | null
  state: TripState | null
  state_ms: number | null
  departure_ms: number | null
  seconds: number | null
}

/** What holds now for recordings. */
export async function standingsOf(db: Queries, recordingIds: readonly string[]): Promise<Standing[]> {
  const rows = await run<StandingRow>(
    db,
    sql`
    select r.recording_id, i.seconds,
      coalesce(r.trip_id, (
        select b.trip_id from trip b join trip_state bs using (trip_id)
        where b.bus_id = r.bus_id and b.tenant_id = r.tenant_id and bs.state in ('BOARDING', 'DEPARTED')
        order by b.departure_time desc limit 1)) as trip_id,
      case when r.device_key_id is null
        then t.bus_id = r.bus_id and exists (select from driver_assignment a
          where a.trip_id = r.trip_id and a.driver_user_id = r.driver_user_id and not a.released)
        else exists (select from device_key k
          where k.device_key_id = r.device_key_id and k.revoke_time is null) end as allowed,
      s.state, (extract(epoch from s.change_time) * 1000)::float8 as state_ms,
      (extract(epoch from t.departure_time) * 1000)::float8 as departure_ms
    from recording r
    left join trip t on t.trip_id = r.trip_id
    left join trip_state s on s.trip_id = r.trip_id
    left join report_interval i on i.bus_id = r.bus_id and i.tenant_id = r.tenant_id
    where r.recording_id = any (${`{${recordingIds.join(',')}}`}::uuid[])`,
  )
  return rows.map((row) => ({
    recordingId: row.recording_id,
    allowed: row.allowed,
    tripId: row.trip_id ?? undefined,
    trip:
      row.state === null
        ? undefined
        : { state: row.state, stateTimeMs: row.state_ms ?? 0, departureTimeMs: row.departure_ms ?? 0 },
    intervalSeconds: row.seconds ?? undefined,
  }))
}
