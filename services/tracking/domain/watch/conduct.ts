import { haversineMeters, type LatLng } from '#kit'
import type { FenceIndex } from './fence.ts'
import { metersOutside } from './shape.ts'
import type { Fact, Seen, WatchedTrip, WatchLimits } from './types.ts'
import { speedOf } from './speed.ts'

type Episode = { readonly sinceMs: number; readonly told: boolean }

/** Episodes of what a bus should not do, that have begun. */
export type Conduct = {
  readonly speeding: Episode | undefined
  readonly standing: (Episode & LatLng) | undefined
  readonly offRoute: Episode | undefined
}

/** Nothing of it. */
export const NO_CONDUCT: Conduct = { speeding: undefined, standing: undefined, offRoute: undefined }

/** Speedometers and receivers err by so much. */
const TOLERANCE_METERS_PER_SECOND = 5 / 3.6
/** Overtaking is no offence: it counts after so long. */
const SPEEDING_MS = 10_000
/** A bus that stays within this circle stands. */
const STANDING_METERS = 50
/** A wrong turn counts after so long outside, and so far. */
const OFF_ROUTE_MS = 30_000
const OFF_ROUTE_METERS = 50

/** What conduct is judged by. */
export type Circumstances = {
  readonly fences: FenceIndex
  readonly trip: WatchedTrip | undefined
  readonly limits: WatchLimits
  /** The fences that the bus is in. */
  readonly inside: Readonly<Record<string, unknown>>
  readonly isAtStop: boolean
}

/** What is wrong with how a bus goes, told once in each episode. */
export function stepConduct(
  conduct: Conduct,
  last: Seen,
  seen: Seen,
  around: Circumstances,
): { readonly conduct: Conduct; readonly facts: readonly Fact[] } {
  const facts: Fact[] = []
  return {
    conduct: {
      speeding: stepSpeeding(conduct.speeding, last, seen, around, facts),
      standing: stepStanding(conduct.standing, seen, around, facts),
      offRoute: stepOffRoute(conduct.offRoute, seen, around, facts),
    },
    facts,
  }
}

function stepSpeeding(before: Episode | undefined, last: Seen, seen: Seen, around: Circumstances, facts: Fact[]) {
  const speedMetersPerSecond = speedOf(last, seen)
  const limitMetersPerSecond = limitOf(around)
  if (speedMetersPerSecond <= limitMetersPerSecond + TOLERANCE_METERS_PER_SECOND) return undefined
  const episode = before ?? { sinceMs: seen.timeMs, told: false }
  if (episode.told || seen.timeMs - episode.sinceMs < SPEEDING_MS) return episode
  facts.push({ kind: 'speeding', speedMetersPerSecond, limitMetersPerSecond })
  return { ...episode, told: true }
}

function limitOf({ fences, inside, limits }: Circumstances): number {
  const local = Object.keys(inside).map((id) => fences.byId(id)?.speedLimitMetersPerSecond ?? Infinity)
  return Math.min(limits.speedMetersPerSecond, ...local)
}

function stepStanding(before: Conduct['standing'], seen: Seen, around: Circumstances, facts: Fact[]) {
  if (around.trip?.isUnderway !== true || around.isAtStop) return undefined
  const { latitudeDegrees, longitudeDegrees } = seen
  if (!before || haversineMeters(before, seen) > STANDING_METERS) {
    return { sinceMs: seen.timeMs, told: false, latitudeDegrees, longitudeDegrees }
  }
  if (before.told || seen.timeMs - before.sinceMs < around.limits.longStopMs) return before
  facts.push({ kind: 'long stop', sinceMs: before.sinceMs })
  return { ...before, told: true }
}

function stepOffRoute(before: Episode | undefined, seen: Seen, around: Circumstances, facts: Fact[]) {
  const corridors = around.trip?.isUnderway === true ? around.fences.corridorsOf(around.trip.routeId) : []
  const distanceMeters = Math.min(...corridors.map(({ shape }) => metersOutside(shape, seen)))
  const isOff = corridors.length > 0 && distanceMeters > (before ? 0 : OFF_ROUTE_METERS)
  if (!isOff) {
    if (before?.told === true) facts.push({ kind: 'back on route' })
    return undefined
  }
  const episode = before ?? { sinceMs: seen.timeMs, told: false }
  if (episode.told || seen.timeMs - episode.sinceMs < OFF_ROUTE_MS) return episode
  facts.push({ kind: 'off route', distanceMeters })
  return { ...episode, told: true }
}
