import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { Sample, Source } from '../domain/sample.ts'
import { iso, run } from './query.ts'

/** Which part of the history: of a bus or a trip, from one time until before another. */
export type Selection = {
  readonly of: { readonly busId: string } | { readonly tripId: string }
  readonly from: Date | undefined
  readonly until: Date | undefined
}

/** A position of the history, and what the next page begins after. */
export type HistoricPosition = {
  readonly busId: string
  readonly tripId: string | undefined
  readonly source: Source
  readonly sample: Sample
  readonly place: Place
}

/** A place in the order of positions: by time, then by number, then by recording. */
export type Place = readonly [sampleTime: string, sequence: string, recordingId: string]

type Row = {
  bus_id: string
  trip_id: string | null
  source: Source
  recording_id: string
  sequence: string
  sample_time: string
  latitude_degrees: number
  longitude_degrees: number
  accuracy_meters: number | null
  speed_meters_per_second: number | null
  heading_degrees: number | null
  altitude_meters: number | null
  ignition_on: boolean | null
  fuel_percent: number | null
  engine_temperature_celsius: number | null
  door_open: boolean | null
}

/** Positions of the session's company, by time of measurement. */
export async function readPositions(
  db: Queries,
  selection: Selection,
  after: Place | undefined,
  limit: number,
): Promise<HistoricPosition[]> {
  const { of, from, until } = selection
  const owner = 'busId' in of ? sql`p.bus_id = ${of.busId}` : sql`p.trip_id = ${of.tripId}`
  const [time, sequence, recordingId] = after ?? [null, null, null]
  const rows = await run<Row>(
    db,
    sql`
    select p.bus_id, p.trip_id, recording_id, sequence, sample_time, latitude_degrees, longitude_degrees, accuracy_meters,
      speed_meters_per_second, heading_degrees, altitude_meters, ignition_on, fuel_percent, engine_temperature_celsius,
      door_open,
      case when r.feed_vehicle is not null then 'FEED' when r.device_key_id is not null then 'DEVICE' else 'DRIVER' end
        as source
    from position p join recording r using (recording_id)
    where ${owner}
      and sample_time >= coalesce(${from ? iso(from) : null}::timestamptz, '-infinity')
      and sample_time < coalesce(${until ? iso(until) : null}::timestamptz, 'infinity')
      and sample_time >= coalesce(${time}::timestamptz, '-infinity')
      and (${time}::timestamptz is null
        or (sample_time, sequence, recording_id) > (${time}::timestamptz, ${sequence}::bigint, ${recordingId}::uuid))
    order by sample_time, sequence, recording_id limit ${limit}`,
  )
  return rows.map(fromRow)
}

function fromRow(row: Row): HistoricPosition {
  const timeMs = Date.parse(row.sample_time)
  return {
    busId: row.bus_id,
    tripId: row.trip_id ?? undefined,
    source: row.source,
    place: [new Date(timeMs).toISOString(), row.sequence, row.recording_id],
    sample: {
      sequence: Number(row.sequence),
      timeMs,
      latitudeDegrees: row.latitude_degrees,
      longitudeDegrees: row.longitude_degrees,
      accuracyMeters: row.accuracy_meters ?? undefined,
      speedMetersPerSecond: row.speed_meters_per_second ?? undefined,
      headingDegrees: row.heading_degrees ?? undefined,
      altitudeMeters: row.altitude_meters ?? undefined,
      ignitionOn: row.ignition_on ?? undefined,
      fuelPercent: row.fuel_percent ?? undefined,
      engineTemperatureCelsius: row.engine_temperature_celsius ?? undefined,
      doorOpen: row.door_open ?? undefined,
    },
  }
}

/** Ends the days before one; answers how many there were. */
export async function endDaysBefore(db: Queries, day: Date): Promise<number> {
  const [row] = await run<{ ended: number }>(db, sql`select end_position_days(${iso(day).slice(0, 10)}::date) as ended`)
  return row?.ended ?? 0
}
