import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import type { Seen } from '../domain/watch/types.ts'
import { run } from './query.ts'

type Row = {
  driver_user_id: string
  sample_ms: number
  latitude_degrees: number
  longitude_degrees: number
  speed_meters_per_second: number | null
}

/** The positions that each driver's phone reported of a trip of the session's company, in order. */
export async function drivesOf(tx: Tx, tripId: string, limit: number): Promise<Map<string, Seen[]>> {
  const rows = await run<Row>(
    tx,
    sql`
    select r.driver_user_id, (extract(epoch from p.sample_time) * 1000)::float8 as sample_ms, p.latitude_degrees,
      p.longitude_degrees, p.speed_meters_per_second
    from position p join recording r using (recording_id)
    where p.trip_id = ${tripId} and r.driver_user_id is not null
    order by p.sample_time, p.sequence limit ${limit}`,
  )
  const drives = new Map<string, Seen[]>()
  for (const row of rows) {
    const seen = {
      timeMs: row.sample_ms,
      latitudeDegrees: row.latitude_degrees,
      longitudeDegrees: row.longitude_degrees,
      speedMetersPerSecond: row.speed_meters_per_second ?? undefined,
    }
    const drive = drives.get(row.driver_user_id)
    if (drive) drive.push(seen)
    else drives.set(row.driver_user_id, [seen])
  }
  return drives
}
