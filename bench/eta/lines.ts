import { haversineMeters } from '#kit'
import { arrivalsOn } from '../../services/tracking/domain/arrivals/progress.ts'
import { feetOf, shapeOf, type Shape } from '../../services/tracking/domain/arrivals/shape.ts'
import type { Ride } from './traces.ts'

/** A way that was driven again and again: what a bus line would be. */
export type Line = {
  /** Which of the ways to hold rides back; the same rides of a line are known in all but one. */
  readonly fold: number
  readonly shape: Shape
  readonly known: readonly Driven[]
  readonly heldBack: readonly Driven[]
}

/** A ride along a line, and when it was at each stop. */
export type Driven = { readonly ride: Ride; readonly arrivalsMs: readonly (number | undefined)[] }

const TERMINUS_METERS = 700
const LEAST_METERS = 3_000
const LEAST_RIDES = 8
const LEAST_KNOWN = 3
const STOP_SPACING_METERS = 600
/** One ride in so many is held back in turn. */
const FOLDS = 5

/**
 * Finds the lines in rides: those with the same two ends along the same streets, from the most driven on; each in as many
 * versions as there are folds, and every version from its known rides alone.
 */
export function findLines(rides: readonly Ride[]): Line[] {
  let left = rides.filter(isLong)
  const lines: Line[] = []
  for (;;) {
    const groups = left.map((seed) => left.filter((ride) => sameEnds(seed, ride)))
    const group = groups.reduce<Ride[]>((best, one) => (one.length > best.length ? one : best), [])
    if (group.length < LEAST_RIDES) return lines
    const way = commonWay(group)
    const along = group.filter((ride) => follows(ride, way))
    left = left.filter((ride) => !along.includes(ride))
    if (along.length >= LEAST_RIDES) lines.push(...foldsOf(along))
  }
}

function foldsOf(along: readonly Ride[]): Line[] {
  return Array.from({ length: FOLDS }, (_, fold) => {
    const known = along.filter((_, i) => i % FOLDS !== fold)
    const heldBack = along.filter((_, i) => i % FOLDS === fold)
    const shape = withStops(commonWay(known))
    return { fold, shape, known: driven(shape, known), heldBack: driven(shape, heldBack) }
  }).filter(({ known, heldBack }) => known.length >= LEAST_KNOWN && heldBack.length > 0)
}

const isLong = (ride: Ride) => ride.length > 10 && haversineMeters(ride[0]!, ride.at(-1)!) > LEAST_METERS

function sameEnds(a: Ride, b: Ride): boolean {
  return haversineMeters(a[0]!, b[0]!) < TERMINUS_METERS && haversineMeters(a.at(-1)!, b.at(-1)!) < TERMINUS_METERS
}

/** Of the rides that most others follow the shortest: a ride with a detour is followed by those without. */
function commonWay(rides: readonly Ride[]): Ride {
  const ways = rides.map((way) => ({ way, followers: rides.filter((ride) => follows(ride, way)).length }))
  const most = Math.max(...ways.map(({ followers }) => followers))
  const common = ways.filter(({ followers }) => followers >= most * 0.75).map(({ way }) => way)
  return common.reduce((best, way) => (lengthOf(way) < lengthOf(best) ? way : best))
}

const lengthOf = (way: Ride) => shapeOf(way, []).meters.at(-1)!

/** Rides that were seen at the first stop and at most of the others. */
function driven(shape: Shape, rides: readonly Ride[]): Driven[] {
  return rides
    .map((ride) => ({ ride, arrivalsMs: arrivalsOn(shape, ride) }))
    .filter(({ arrivalsMs }) => arrivalsMs[0] !== undefined)
    .filter(({ arrivalsMs }) => arrivalsMs.filter((at) => at !== undefined).length >= arrivalsMs.length * 0.75)
}

const followed = new WeakMap<Ride, WeakMap<Ride, boolean>>()

/** Whether a ride keeps to a way, but for some places in a hundred. */
function follows(ride: Ride, way: Ride): boolean {
  const known = followed.get(way) ?? new WeakMap<Ride, boolean>()
  followed.set(way, known)
  const answer = known.get(ride) ?? isFollowed(ride, way)
  known.set(ride, answer)
  return answer
}

function isFollowed(ride: Ride, way: Ride): boolean {
  const shape = { ...shapeOf(way, []), stops: [] }
  const near = ride.filter((fix) => feetOf(shape, fix, 150).length > 0)
  return near.length >= ride.length * 0.85
}

function withStops(way: Ride): Shape {
  const bare = shapeOf(way, [])
  const total = bare.meters.at(-1)! - 100
  const count = Math.max(3, Math.round(total / STOP_SPACING_METERS))
  return { ...bare, stops: Array.from({ length: count + 1 }, (_, i) => 50 + (i * (total - 50)) / count) }
}
