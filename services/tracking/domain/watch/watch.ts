import { stepConduct, type Conduct, NO_CONDUCT } from './conduct.ts'
import type { FenceIndex } from './fence.ts'
import { stepFences, type Inside } from './fences.ts'
import { NO_STOPS, stepStops, type StopProgress } from './stops.ts'
import type { Fact, Seen, WatchedTrip, WatchLimits } from './types.ts'

/** What goes on with a bus: everything that the next position is judged by. It is kept as JSON. */
export type Watch = {
  readonly last: Seen
  readonly tripId: string | undefined
  readonly inside: Readonly<Record<string, Inside>>
  readonly stops: StopProgress
  readonly conduct: Conduct
}

/** What a bus moves among. */
export type Surroundings = {
  readonly fences: FenceIndex
  /** The trip that it is on. */
  readonly trip: WatchedTrip | undefined
  readonly limits: WatchLimits
}

/** A fact, and the position that showed it. */
export type Sighted = { readonly fact: Fact; readonly seen: Seen; readonly tripId: string | undefined }

/** A bus of which nothing is known, seen first at a place. */
export function firstSight(seen: Seen): Watch {
  return { last: seen, tripId: undefined, inside: {}, stops: NO_STOPS, conduct: NO_CONDUCT }
}

/** Looks at the next position of a bus; one that is not newer changes nothing. */
export function step(
  watch: Watch,
  seen: Seen,
  around: Surroundings,
): { readonly watch: Watch; readonly sighted: readonly Sighted[] } {
  if (seen.timeMs < watch.last.timeMs) return { watch, sighted: [] }
  const tripId = around.trip?.tripId
  const isOther = tripId !== watch.tripId
  const stops = stepStops(isOther ? NO_STOPS : watch.stops, watch.last, seen, around.trip)
  const fences = stepFences(watch.inside, watch.last, seen, around.fences)
  const conduct = stepConduct(isOther ? NO_CONDUCT : watch.conduct, watch.last, seen, {
    ...around,
    inside: fences.inside,
    isAtStop: stops.progress.at !== undefined,
  })
  const facts = [...stops.facts, ...fences.facts, ...conduct.facts]
  return {
    watch: { last: seen, tripId, inside: fences.inside, stops: stops.progress, conduct: conduct.conduct },
    sighted: facts.map((fact) => ({ fact, seen, tripId })),
  }
}
