import type { Feed, FeedCall, FeedTrip } from './feed.ts'
import type { Report } from './report.ts'

/** A trip's call with its times settled, in seconds of the service day. */
export type TimedCall = FeedCall & { readonly arrivalSeconds: number; readonly departureSeconds: number }

/** A trip that can be written: two calls or more, all with times that never go back. */
export type TimedTrip = { readonly trip: FeedTrip; readonly calls: readonly TimedCall[] }

const FILE = 'stop_times.txt'

/**
 * Settles the times of every trip: a missing one of arrival and departure is the other; between timepoints they are
 * spread evenly. Trips with fewer than two calls are left out; times that go back are faults.
 */
export function timedTrips(feed: Feed, report: Report): TimedTrip[] {
  return [...feed.trips.values()].flatMap((trip) => {
    const calls = feed.calls.get(trip.tripId) ?? []
    if (calls.length < 2) {
      report.refused('trip with fewer than two stop times', 'trips.txt', trip.line)
      return []
    }
    const timed = settle(calls, report)
    return timed && runsForward(timed, report) ? [{ trip, calls: timed }] : []
  })
}

function settle(calls: readonly FeedCall[], report: Report): TimedCall[] | undefined {
  const known = calls.map((call) => bothTimes(call, report))
  for (const edge of [0, calls.length - 1]) {
    if (known[edge]) continue
    report.fault(FILE, calls[edge]!.line, 'the first and the last stop of a trip need times')
    return undefined
  }
  return calls.map((call, i) => known[i] ?? between(call, known, i, report))
}

function bothTimes(call: FeedCall, report: Report): TimedCall | undefined {
  const { arrivalSeconds = call.departureSeconds, departureSeconds = call.arrivalSeconds, line } = call
  if (arrivalSeconds === undefined || departureSeconds === undefined) return undefined
  if (call.arrivalSeconds === undefined || call.departureSeconds === undefined) {
    report.mended('only one of arrival and departure: both are that', FILE, line)
  }
  return { ...call, arrivalSeconds, departureSeconds }
}

/** The standard leaves it to the reader to guess times between timepoints; evenly is the plainest guess, so it is told. */
function between(call: FeedCall, known: readonly (TimedCall | undefined)[], i: number, report: Report): TimedCall {
  const before = known.findLastIndex((one, at) => at < i && one !== undefined)
  const after = known.findIndex((one, at) => at > i && one !== undefined)
  const [from, to] = [known[before]!.departureSeconds, known[after]!.arrivalSeconds]
  const seconds = Math.round(from + ((to - from) * (i - before)) / (after - before))
  report.mended('no time between two timepoints: spread evenly', FILE, call.line)
  return { ...call, arrivalSeconds: seconds, departureSeconds: seconds }
}

function runsForward(calls: readonly TimedCall[], report: Report): boolean {
  let clock = calls[0]!.arrivalSeconds
  for (const { arrivalSeconds, departureSeconds, line } of calls) {
    if (arrivalSeconds < clock || departureSeconds < arrivalSeconds) {
      const what =
        arrivalSeconds < clock ? 'arrival is before the departure of the stop before' : 'departure is before arrival'
      report.fault(FILE, line, what)
      return false
    }
    clock = departureSeconds
  }
  return true
}

/**
 * The time of day at which every trip of the feed starts, when that can be no timetable: then times are offsets, and
 * only frequencies.txt says when a trip leaves. Undefined for a feed with departures.
 *
 * Kigali's feed starts all its trips at midnight and has no frequencies; Nairobi's starts all at 6:00 beside them.
 */
export function templateStart(feed: Feed, trips: readonly TimedTrip[]): number | undefined {
  const starts = new Set(trips.map(({ calls }) => calls[0]!.arrivalSeconds))
  const [start] = starts
  if (start === undefined || starts.size > 1 || trips.length < 2) return undefined
  return start === 0 || feed.windows.size > 0 ? start : undefined
}
