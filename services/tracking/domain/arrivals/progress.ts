import { haversineMeters, type LatLng } from '#kit'
import { feetOf, type Shape } from './shape.ts'

/** What of a position says how far a bus has come. */
export type Fix = LatLng & { readonly timeMs: number; readonly accuracyMeters?: number | undefined }

/** One explanation of the positions so far: where on the way the bus is, and how badly that fits. */
export type Explanation = { readonly meters: number; readonly cost: number }

/** How far a bus has come along its way: all that is remembered of its positions. */
export type Progress = {
  /** Metres along the way; never decreases, unless the bus was believed ahead of where it is. */
  readonly meters: number
  readonly timeMs: number
  readonly last: LatLng
  /** The likeliest explanations, the best first. */
  readonly explanations: readonly Explanation[]
  /** Positions in a row that are nowhere near the way. */
  readonly offRoute: number
  /** Metres per second lately, along the way. */
  readonly speed: number
}

/** A bus is on its way when it is so near, with what its receiver may be wrong. */
const NEAR_METERS = 60
/** Standard deviation of a receiver in a street. */
const NOISE_METERS = 20
/** Metres by which the way along the road may differ from what the receiver moved, at the usual cost of one. */
const SLACK_METERS = 30
/** No bus is faster. */
const MAX_SPEED = 45
const MOST_EXPLANATIONS = 4
/** What is remembered of bad fits fades, so that a long way does not outweigh the present. */
const FADING = 0.8
/** Explanations that are so much worse are not kept. */
const HOPELESS = 25
/** Seconds over which speed is averaged. */
const SPEED_SECONDS = 90
/** A bus that the positions put behind for so long was believed ahead. */
const BACK_COST = 6

/**
 * Progress after another position; as before when it is older, and counted as off the route when it is not near the way.
 *
 * A hidden Markov model with few states: each place where the way passes the position, weighed by how near it is and by how
 * well the way to it from each former explanation agrees with how far the receiver moved. So a bus on a loop, or on a road
 * that the way takes twice, is where it came from. Source: P. Newson, J. Krumm, "Hidden Markov Map Matching Through Noise
 * and Sparseness", ACM GIS 2009.
 */
export function progressAfter(shape: Shape, before: Progress | undefined, fix: Fix): Progress | undefined {
  if (before && fix.timeMs <= before.timeMs) return before
  const doubt = Math.min(200, fix.accuracyMeters ?? NOISE_METERS)
  const feet = feetOf(shape, fix, NEAR_METERS + 2 * doubt)
  if (feet.length === 0) return before && { ...before, offRoute: before.offRoute + 1 }
  const noise = Math.max(NOISE_METERS, doubt)
  const found = feet.flatMap(({ meters, offMeters }) => {
    const near = (offMeters / noise) ** 2 / 2
    return before ? stepsTo(before, fix, meters, near, noise) : [{ meters, cost: near + meters / 10_000 }]
  })
  if (found.length === 0) return before && { ...before, offRoute: before.offRoute + 1 }
  return settled(before, fix, kept(found))
}

function stepsTo(before: Progress, fix: Fix, meters: number, near: number, noise: number): Explanation[] {
  const seconds = (fix.timeMs - before.timeMs) / 1_000
  const moved = haversineMeters(before.last, fix)
  return before.explanations.flatMap((from) => {
    const along = meters - from.meters
    if (along > seconds * MAX_SPEED + 2 * noise) return []
    const cost = from.cost * FADING + near + Math.abs(along - moved) / (SLACK_METERS + moved / 4)
    // A receiver that stands wanders; a bus does not drive backwards.
    if (along >= -2 * noise) return [{ meters: Math.max(meters, from.meters), cost }]
    return [{ meters, cost: cost + BACK_COST }]
  })
}

/** The best explanations, one for each place. */
function kept(found: readonly Explanation[]): Explanation[] {
  const sorted = found.toSorted((a, b) => a.cost - b.cost)
  const best = sorted[0]!
  const chosen: Explanation[] = []
  for (const one of sorted) {
    if (chosen.length === MOST_EXPLANATIONS || one.cost > best.cost + HOPELESS) break
    if (chosen.every(({ meters }) => Math.abs(meters - one.meters) > NOISE_METERS)) chosen.push(one)
  }
  return chosen.map(({ meters, cost }) => ({ meters, cost: cost - best.cost }))
}

function settled(before: Progress | undefined, fix: Fix, explanations: readonly Explanation[]): Progress {
  const { meters } = explanations[0]!
  const { timeMs, latitudeDegrees, longitudeDegrees } = fix
  return {
    meters,
    timeMs,
    last: { latitudeDegrees, longitudeDegrees },
    explanations,
    offRoute: 0,
    speed: before ? speedAfter(before, meters, timeMs) : 0,
  }
}

function speedAfter(before: Progress, meters: number, timeMs: number): number {
  const seconds = (timeMs - before.timeMs) / 1_000
  const now = Math.min(MAX_SPEED, Math.max(0, meters - before.meters) / seconds)
  const weight = 1 - Math.exp(-seconds / SPEED_SECONDS)
  return before.speed + (now - before.speed) * weight
}

/** A bus calls at a stop when it comes so near. */
const ARRIVAL_METERS = 25

/** When a bus that drove a way reached each of its stops, in milliseconds; undefined for stops that it did not come to. */
export function arrivalsOn(shape: Shape, fixes: readonly Fix[]): (number | undefined)[] {
  const arrivals: (number | undefined)[] = shape.stops.map(() => undefined)
  let at: Progress | undefined
  for (const fix of fixes) {
    const next = progressAfter(shape, at, fix)
    if (next) noteArrivals(shape, arrivals, at, next)
    at = next
  }
  return arrivals
}

/** Notes the stops reached between two steps of a bus; between two positions it drives evenly. */
export function noteArrivals(
  { stops }: Shape,
  arrivals: (number | undefined)[],
  before: Progress | undefined,
  now: Progress,
): void {
  for (const [i, stop] of stops.entries()) {
    const place = stop - ARRIVAL_METERS
    if (arrivals[i] !== undefined || now.meters < place) continue
    if (!before) {
      // Where a bus is first seen it may have been for long, and what lies behind it was not seen.
      if (now.meters - stop <= NEAR_METERS) arrivals[i] = now.timeMs
    } else if (before.meters <= place) {
      const share = (place - before.meters) / (now.meters - before.meters)
      arrivals[i] = Math.round(before.timeMs + (now.timeMs - before.timeMs) * share)
    }
  }
}
