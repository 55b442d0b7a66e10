import type { LatLng } from '#kit'

/** Metres east and north of a place. */
export type Point = { readonly x: number; readonly y: number }

const METERS_PER_DEGREE = (6_371_008.8 * Math.PI) / 180

/**
 * Flattens the ground around a place: within 100 km distances are right to half a percent, which is less than receivers err.
 */
export function planeAround(origin: LatLng): (place: LatLng) => Point {
  const shrink = Math.cos((origin.latitudeDegrees * Math.PI) / 180)
  return ({ latitudeDegrees, longitudeDegrees }) => ({
    x: (longitudeDegrees - origin.longitudeDegrees) * shrink * METERS_PER_DEGREE,
    y: (latitudeDegrees - origin.latitudeDegrees) * METERS_PER_DEGREE,
  })
}

/** From a point to a stretch between two others, in metres. */
export function distanceToStretch(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length
  const share = Math.min(1, Math.max(0, along))
  return Math.hypot(point.x - from.x - share * dx, point.y - from.y - share * dy)
}

/** Whether two stretches have a point in common. */
export function stretchesMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x))
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)
}

/** Between the nearest points of two stretches, in metres. */
export function distanceBetweenStretches(a: Point, b: Point, c: Point, d: Point): number {
  if (stretchesMeet(a, b, c, d)) return 0
  return Math.min(
    distanceToStretch(a, c, d),
    distanceToStretch(b, c, d),
    distanceToStretch(c, a, b),
    distanceToStretch(d, a, b),
  )
}
