import { haversineMeters } from '#kit'
import { distanceToStretch, planeAround } from './plane.ts'
import type { Fact, Seen, WatchedCall, WatchedTrip } from './types.ts'

/** How far a bus has come along the calls of its trip. */
export type StopProgress = {
  /** The sequence of the call that it left last; -1 before the first. */
  readonly left: number
  readonly leftMs: number | undefined
  /** The call that it is at. */
  readonly at: number | undefined
}

/** A trip of which no stop was reached. */
export const NO_STOPS: StopProgress = { left: -1, leftMs: undefined, at: undefined }

/** A bus is at a stop within so far of it: stops are where somebody drew them, and bus parks are large. */
const REACH_METERS = 150
/** And has left it beyond this. */
const LEAVE_METERS = 200
/** No bus needs less of the planned time between two calls: a loop that ends where it began is not over at once. */
const FASTEST_SHARE = 0.4

/** Which stops of its trip a bus reached or left with its next position. */
export function stepStops(
  progress: StopProgress,
  last: Seen,
  seen: Seen,
  trip: WatchedTrip | undefined,
): { readonly progress: StopProgress; readonly facts: readonly Fact[] } {
  if (!trip) return { progress, facts: [] }
  const { calls } = trip
  const facts: Fact[] = []
  let now = progress
  const at = calls.find(({ sequence }) => sequence === now.at)
  if (at && haversineMeters(at, seen) > LEAVE_METERS) {
    facts.push(factOf('departed', at, calls))
    now = { left: at.sequence, leftMs: seen.timeMs, at: undefined }
  }
  if (now.at !== undefined) return { progress: now, facts }
  const reached = calls.find((call) => isDue(now, call, seen, calls) && passes(call, last, seen))
  if (!reached) return { progress: now, facts }
  facts.push(factOf('arrived', reached, calls))
  if (haversineMeters(reached, seen) <= LEAVE_METERS) {
    return { progress: { ...now, at: reached.sequence }, facts }
  }
  // It was there between the two positions.
  facts.push(factOf('departed', reached, calls))
  return { progress: { left: reached.sequence, leftMs: seen.timeMs, at: undefined }, facts }
}

function isDue({ left, leftMs }: StopProgress, call: WatchedCall, seen: Seen, calls: readonly WatchedCall[]): boolean {
  if (call.sequence <= left) return false
  const from = calls.find(({ sequence }) => sequence === left)
  if (!from || leftMs === undefined) return true
  return seen.timeMs - leftMs >= (call.arrivalMs - from.departureMs) * FASTEST_SHARE
}

function passes(call: WatchedCall, last: Seen, seen: Seen): boolean {
  const flat = planeAround(call)
  return distanceToStretch({ x: 0, y: 0 }, flat(last), flat(seen)) <= REACH_METERS
}

function factOf(kind: 'arrived' | 'departed', call: WatchedCall, calls: readonly WatchedCall[]): Fact {
  return { kind, call, isLast: call.sequence === calls.at(-1)?.sequence }
}
