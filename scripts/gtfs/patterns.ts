import { createHash } from 'node:crypto'
import { haversineMeters } from '#kit'
import type { Feed } from './feed.ts'
import { distancesAlong, encodePolyline } from './geometry.ts'
import type { Report } from './report.ts'
import type { TimedCall, TimedTrip } from './timetable.ts'

/** One ordered sequence of stops along one shape, with distances and times from the first stop. */
export type FeedPattern = {
  readonly key: string
  readonly routeId: string
  readonly direction: number
  readonly headsign: string
  readonly pathPolyline: string
  readonly stops: readonly {
    readonly stopId: string
    readonly distanceMeters: number
    readonly durationSeconds: number
  }[]
}

/** The patterns of a feed, and which one each trip runs on. */
export type Patterns = { readonly patterns: readonly FeedPattern[]; readonly keyOf: (trip: TimedTrip) => string }

/** Finds the stop sequences that trips share. Travel times are those of the first trip on each. */
export function patternsOf(feed: Feed, trips: readonly TimedTrip[], report: Report): Patterns {
  const patterns = new Map<string, FeedPattern>()
  const keys = new Map<string, string>()
  for (const timed of trips) {
    const key = patternKey(timed)
    keys.set(timed.trip.tripId, key)
    if (!patterns.has(key)) patterns.set(key, patternOf(feed, key, timed, report))
  }
  return { patterns: [...patterns.values()], keyOf: ({ trip }) => keys.get(trip.tripId)! }
}

/** Where a trip goes when the feed does not say: to its last stop. */
export function headsignOf(feed: Feed, { trip, calls }: TimedTrip): string {
  return (trip.headsign || feed.stops.get(calls.at(-1)!.stopId)!.name).slice(0, 200)
}

function patternKey({ trip, calls }: TimedTrip): string {
  const parts = [trip.routeId, String(trip.direction), trip.shapeId, ...calls.map(({ stopId }) => stopId)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

function patternOf(feed: Feed, key: string, timed: TimedTrip, report: Report): FeedPattern {
  const { trip, calls } = timed
  const departure = calls[0]!.departureSeconds
  const path = feed.shapes.get(trip.shapeId) ?? []
  const meters = distancesOf(feed, timed, report)
  return {
    key,
    routeId: trip.routeId,
    direction: trip.direction,
    headsign: headsignOf(feed, timed),
    pathPolyline: encodePolyline(path),
    stops: calls.map(({ stopId, arrivalSeconds }, i) => ({
      stopId,
      distanceMeters: meters[i]!,
      durationSeconds: Math.max(0, arrivalSeconds - departure),
    })),
  }
}

/** As the feed gives them; else measured along the shape; else not known, which is 0 at every stop. */
function distancesOf(feed: Feed, { trip, calls }: TimedTrip, report: Report): number[] {
  const given = givenMeters(feed, calls)
  if (given) return given
  const path = feed.shapes.get(trip.shapeId)
  if (!path || path.length < 2) {
    report.refused('distances between stops: the feed has none', 'trips.txt', trip.line)
    return calls.map(() => 0)
  }
  report.mended('distances between stops measured along the shape', 'trips.txt', trip.line)
  return distancesAlong(
    path,
    calls.map(({ stopId }) => feed.stops.get(stopId)!),
  )
}

/** Units that feeds are written in, in metres; the standard leaves the unit open. */
const UNITS = [1, 1000, 1609.344]

/** The unit is the one by which the way is as long as, or somewhat longer than, straight lines from stop to stop. */
function givenMeters(feed: Feed, calls: readonly TimedCall[]): number[] | undefined {
  const raw = calls.map(({ distance }) => distance)
  if (!raw.every((value) => value !== undefined)) return undefined
  const places = calls.map(({ stopId }) => feed.stops.get(stopId)!)
  const straight = places.slice(1).reduce((sum, place, i) => sum + haversineMeters(places[i]!, place), 0)
  const total = raw.at(-1)! - raw[0]!
  const unit = UNITS.find((meters) => total * meters > straight * 0.9 && total * meters < straight * 3)
  const meters = unit === undefined ? undefined : raw.map((value) => Math.round((value - raw[0]!) * unit))
  return meters?.every((value, i) => i === 0 || value >= meters[i - 1]!) ? meters : undefined
}
