/** A place on the ground. */
export type Place = { readonly latitudeDegrees: number; readonly longitudeDegrees: number }

const LONGEST_MS = 10_000
/** About five kilometres: a bus that is found so far away was not seen on its way there. */
const FARTHEST_DEGREES = 0.05

/**
 * How long a marker takes to where its bus was seen: as long as the bus took, so that it arrives when the next news is due.
 * At once when the bus was not seen for long, or is far away.
 */
export function glideMs(from: Place, to: Place, tookMs: number): number {
  const isFar =
    Math.abs(to.latitudeDegrees - from.latitudeDegrees) > FARTHEST_DEGREES ||
    Math.abs(to.longitudeDegrees - from.longitudeDegrees) > FARTHEST_DEGREES
  return isFar || tookMs > LONGEST_MS ? 0 : Math.max(0, tookMs)
}

/** Where a marker is on its way. @param share from 0 to 1 */
export function between(from: Place, to: Place, share: number): Place {
  const along = (a: number, b: number) => a + (b - a) * share
  return {
    latitudeDegrees: along(from.latitudeDegrees, to.latitudeDegrees),
    longitudeDegrees: along(from.longitudeDegrees, to.longitudeDegrees),
  }
}
