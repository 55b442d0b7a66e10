import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Sample } from '../domain/sample.ts'

/** Where the real traces lie, when this checkout has them beside it. */
const FOLDER = '../shared/data/gps-traces'

/** Whether the files are here; they are not ours to ship. */
export const hasTraces = existsSync(FOLDER)

const read = (file: string): string => gunzipSync(readFileSync(`${FOLDER}/${file}`)).toString()

/** A taxi of San Francisco in 2008: `lat lon occupied unix_time`, by time in the file. */
export function taxiTrace(name: string): Sample[] {
  const lines = read(`cabspotting_${name}.txt.gz`).trim().split('\n')
  return lines.map((line, i) => {
    const [latitudeDegrees = Number.NaN, longitudeDegrees = Number.NaN, , seconds = Number.NaN] = line
      .split(' ')
      .map(Number)
    return { sequence: i + 1, timeMs: seconds * 1_000, latitudeDegrees, longitudeDegrees }
  })
}

/** A car in Munich in 2014, once a second. */
export function carTrace(): Sample[] {
  const points = JSON.parse(read('car_munich_1s.json.gz')) as { readonly point: string; readonly time: string }[]
  return points.map(({ point, time }, i) => {
    const [longitudeDegrees = Number.NaN, latitudeDegrees = Number.NaN] = (/\((.*)\)/.exec(point)?.[1] ?? '')
      .split(' ')
      .map(Number)
    return {
      sequence: i + 1,
      timeMs: Date.parse(time.replace(/(\d\d)(\d\d)$/, '$1:$2')),
      latitudeDegrees,
      longitudeDegrees,
    }
  })
}

/** Two people in Beijing in 2008 and 2009, by all means of transport, one after the other. */
export function walkerTraces(): Sample[][] {
  const rows = read('geolife_two_users.csv.gz')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  return [...Map.groupBy(rows, (row) => row[3]).values()].map((own) =>
    own.map(([latitude, longitude, time], i) => ({
      sequence: i + 1,
      timeMs: Date.parse(`${time?.replace(' ', 'T')}Z`),
      latitudeDegrees: Number(latitude),
      longitudeDegrees: Number(longitude),
    })),
  )
}
