import { haversineMeters, type LatLng } from '#kit'

/** The way of a trip along the road, and where its stops are on it. */
export type Shape = {
  readonly points: readonly LatLng[]
  /** Metres along the way to each point; never decreases. */
  readonly meters: readonly number[]
  /** Metres along the way to each stop; never decreases. */
  readonly stops: readonly number[]
}

/** A place on the way that is near to a place on the ground. */
export type Foot = {
  readonly meters: number
  /** From the place on the ground. */
  readonly offMeters: number
}

/**
 * The way of a trip: along its path when that is known, else straight from stop to stop.
 *
 * @param path points along the road; fewer than two when it is not known
 * @param stops the trip's stops, in their order
 */
export function shapeOf(path: readonly LatLng[], stops: readonly LatLng[]): Shape {
  const points = path.length >= 2 ? path : stops
  let along = 0
  const meters = points.map((point, i) => (along += i === 0 ? 0 : haversineMeters(points[i - 1]!, point)))
  const bare = { points, meters, stops: [] }
  return { ...bare, stops: path.length >= 2 ? placeStops(bare, stops) : meters }
}

/** How near to its stop a way must pass for the passing to count; nearer ones are all alike. */
const PASSING_METERS = 60

/**
 * Puts each stop where the way passes it: of all orders that never go back, the one that is nearest to the stops in sum.
 * A way that passes a place twice is taken where the stops before and behind fit.
 */
function placeStops(shape: Shape, stops: readonly LatLng[]): number[] {
  type Choice = { readonly meters: number; readonly cost: number; readonly before: Choice | undefined }
  let choices: readonly Choice[] = [{ meters: 0, cost: 0, before: undefined }]
  for (const stop of stops) {
    const feet = feetOf(shape, stop, Number.POSITIVE_INFINITY)
    choices = feet.flatMap(({ meters, offMeters }) => {
      const before = choices.filter((one) => one.meters <= meters).reduce<Choice | undefined>(cheaper, undefined)
      return before ? [{ meters, cost: before.cost + Math.max(PASSING_METERS, offMeters) ** 2, before }] : []
    })
    // Only a stop behind the last one's last passing leaves none: it is put at the end.
    if (choices.length === 0) return stops.map((_, i) => (shape.meters.at(-1)! * i) / Math.max(1, stops.length - 1))
  }
  const placed: number[] = []
  for (let at = choices.reduce<Choice | undefined>(cheaper, undefined); at?.before; at = at.before)
    placed.unshift(at.meters)
  return placed
}

/** Of equals the first: a bus calls when it first passes. */
function cheaper<C extends { readonly cost: number }>(best: C | undefined, one: C): C {
  return best && best.cost <= one.cost ? best : one
}

/**
 * Where a way passes a place: the nearest point of each stretch of the way that comes within a distance, in the way's order.
 *
 * On a plane through the place, which does within some kilometres.
 */
export function feetOf({ points, meters }: Shape, place: LatLng, withinMeters: number): Foot[] {
  const east = METERS_PER_DEGREE * Math.cos((place.latitudeDegrees * Math.PI) / 180)
  const feet: Foot[] = []
  let falling = true
  let last: Foot | undefined
  for (let i = 0; i + 1 < points.length; i++) {
    const foot = footOn(points[i]!, points[i + 1]!, meters[i]!, meters[i + 1]!, place, east)
    const rises = last !== undefined && foot.offMeters > last.offMeters
    // The turn from coming nearer to going away is a passing.
    if (rises && falling && last!.offMeters <= withinMeters) feet.push(last!)
    falling = !rises
    last = foot
  }
  if (last && falling && last.offMeters <= withinMeters) feet.push(last)
  return feet
}

const METERS_PER_DEGREE = 111_195

function footOn(a: LatLng, b: LatLng, from: number, to: number, place: LatLng, east: number): Foot {
  const [ax, ay] = [
    (a.longitudeDegrees - place.longitudeDegrees) * east,
    (a.latitudeDegrees - place.latitudeDegrees) * METERS_PER_DEGREE,
  ]
  const [dx, dy] = [
    (b.longitudeDegrees - a.longitudeDegrees) * east,
    (b.latitudeDegrees - a.latitudeDegrees) * METERS_PER_DEGREE,
  ]
  const square = dx * dx + dy * dy
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / square))
  return { meters: from + (to - from) * share, offMeters: Math.hypot(ax + dx * share, ay + dy * share) }
}
