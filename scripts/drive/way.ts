import { readFileSync } from 'node:fs'
import { haversineMeters, type LatLng } from '../../services/kit/values/index.ts'

/** Where a bus is when, in seconds since it began. */
export type Waypoint = LatLng & { readonly second: number }

/** No bus is faster, and tracking takes what is much faster for an error: a trip is played no quicker than this. */
const MOST_METERS_PER_SECOND = 150 / 3.6

/** The way of a trip, straight from stop to stop by its timetable; halts are left out. */
export function wayOfCalls(
  calls: readonly {
    readonly location?: LatLng | undefined
    readonly arrivalSeconds: number
    readonly departureSeconds: number
  }[],
): Waypoint[] {
  const start = calls[0]?.departureSeconds ?? 0
  return calls.flatMap(({ location, arrivalSeconds, departureSeconds }, i) => {
    if (!location) return []
    const { latitudeDegrees, longitudeDegrees } = location
    return [{ latitudeDegrees, longitudeDegrees, second: (i === 0 ? departureSeconds : arrivalSeconds) - start }]
  })
}

/** The way that a file recorded: GPX, or CSV with a header that names time, latitude and longitude. @throws {RangeError} */
export function wayOfTrace(file: string): Waypoint[] {
  const text = readFileSync(file, 'utf8')
  const points = text.includes('<gpx') ? gpxPoints(text) : csvPoints(text)
  const usable = points.filter(
    ({ timeMs, ...place }) => Number.isFinite(timeMs) && Math.abs(place.latitudeDegrees) <= 90,
  )
  const [first] = usable
  if (!first || usable.length < 2) throw new RangeError(`${file} has no way: it needs two points with times at least`)
  return usable.map(({ timeMs, ...place }) => ({ ...place, second: (timeMs - first.timeMs) / 1_000 }))
}

type Point = LatLng & { readonly timeMs: number }

function gpxPoints(text: string): Point[] {
  return [...text.matchAll(/<trkpt\b([^>]*)>([\s\S]*?)<\/trkpt>/g)].map(([, attributes = '', inner = '']) => ({
    latitudeDegrees: Number(/\blat="([^"]+)"/.exec(attributes)?.[1]),
    longitudeDegrees: Number(/\blon="([^"]+)"/.exec(attributes)?.[1]),
    timeMs: Date.parse(/<time>([^<]+)</.exec(inner)?.[1] ?? ''),
  }))
}

function csvPoints(text: string): Point[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '')
  const names = head.toLowerCase().split(',')
  const column = (form: RegExp) => names.findIndex((name) => form.test(name))
  const [time, latitude, longitude] = [column(/time/), column(/^lat/), column(/^lon|^lng/)]
  return lines.map((line) => {
    const cells = line.split(',')
    return {
      latitudeDegrees: Number(cells[latitude]),
      longitudeDegrees: Number(cells[longitude]),
      timeMs: Date.parse(cells[time] ?? ''),
    }
  })
}

/** How much faster a way can be played. */
export function playable(way: readonly Waypoint[], speed: number): number {
  const fastest = Math.max(
    ...way.slice(1).map((to, i) => haversineMeters(way[i]!, to) / Math.max(1, to.second - way[i]!.second)),
  )
  return Math.min(speed, MOST_METERS_PER_SECOND / Math.max(1, fastest))
}

/** Where the bus is on its way at a second, with its speed and heading there. */
export function positionAt(way: readonly Waypoint[], second: number) {
  const next = way.findIndex((point) => point.second > second)
  const to = next === -1 ? way.at(-1)! : way[next]!
  const from = next <= 0 ? to : way[next - 1]!
  const seconds = to.second - from.second
  const share = seconds > 0 ? (second - from.second) / seconds : 0
  const between = (a: number, b: number) => a + (b - a) * share
  const north = to.latitudeDegrees - from.latitudeDegrees
  const east = (to.longitudeDegrees - from.longitudeDegrees) * Math.cos((to.latitudeDegrees * Math.PI) / 180)
  return {
    latitudeDegrees: between(from.latitudeDegrees, to.latitudeDegrees),
    longitudeDegrees: between(from.longitudeDegrees, to.longitudeDegrees),
    metersPerSecond: seconds > 0 ? haversineMeters(from, to) / seconds : 0,
    headingDegrees: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360,
  }
}
