import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { haversineMeters, UserError } from '#kit'
import type { Fix } from '../../services/tracking/domain/arrivals/progress.ts'

/** One ride, by time. */
export type Ride = readonly Fix[]

const FOLDER = '../shared/data/gps-traces'

/** What a day's recording is cut at. */
const PAUSE_MS = 10 * 60_000

/**
 * The rides of two people in Beijing over half a year: `lat, lng, datetime (UTC), uid`. (The taxis that are there too measure
 * once a minute, and no two of their rides take the same streets.)
 *
 * @throws {UserError} when the traces are not beside the project
 */
export function readRides(): Ride[] {
  if (!existsSync(FOLDER)) throw new UserError(`the traces are not here: ${FOLDER}`)
  const rows = lines('geolife_two_users.csv.gz').slice(1)
  const byUser = Map.groupBy(rows, (row) => row.slice(row.lastIndexOf(',') + 1))
  return [...byUser.values()].flatMap((own) =>
    cut(
      own.map((row): Fix => {
        const [latitude, longitude, time = ''] = row.split(',')
        const timeMs = Date.parse(`${time.replace(' ', 'T')}Z`)
        return { latitudeDegrees: Number(latitude), longitudeDegrees: Number(longitude), timeMs }
      }),
    ),
  )
}

function lines(file: string): string[] {
  const text = gunzipSync(readFileSync(join(FOLDER, file))).toString('utf8')
  return text.split('\n').filter((line) => line !== '')
}

/** Cuts a recording where its receiver was silent, leaves out what no vehicle drives, and thins it to one fix in five seconds. */
function cut(recording: readonly Fix[]): Ride[] {
  const rides: Fix[][] = []
  let last: Fix | undefined
  for (const fix of recording.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const silence = last ? fix.timeMs - last.timeMs : Number.POSITIVE_INFINITY
    if (silence < 5_000) continue
    if (silence > PAUSE_MS) rides.push([])
    else if (haversineMeters(last!, fix) / (silence / 1_000) > 50) continue
    rides.at(-1)!.push(fix)
    last = fix
  }
  return rides
}
