import type { LatLng } from '#kit'
import { distanceBetweenStretches, distanceToStretch, planeAround, type Point, stretchesMeet } from './plane.ts'

/** The outline of a geofence. */
export type Shape =
  | { readonly kind: 'circle'; readonly center: LatLng; readonly radiusMeters: number }
  | { readonly kind: 'polygon'; readonly corners: readonly LatLng[] }
  | { readonly kind: 'corridor'; readonly line: readonly LatLng[]; readonly radiusMeters: number }

/** How far a place is outside of a shape, in metres; 0 inside and on the border. */
export function metersOutside(shape: Shape, place: LatLng): number {
  const flat = planeAround(place)
  const here = { x: 0, y: 0 }
  switch (shape.kind) {
    case 'circle': {
      const { x, y } = flat(shape.center)
      return Math.max(0, Math.hypot(x, y) - shape.radiusMeters)
    }
    case 'corridor': {
      const line = shape.line.map(flat)
      return Math.max(0, nearest(stretchesOf(line), here) - shape.radiusMeters)
    }
    case 'polygon': {
      const corners = shape.corners.map(flat)
      return isInside(corners, here) ? 0 : nearest(closed(corners), here)
    }
  }
}

/** Whether the straight way between two places touches a shape. */
export function touches(shape: Shape, from: LatLng, to: LatLng): boolean {
  const flat = planeAround(from)
  const [a, b] = [flat(from), flat(to)]
  switch (shape.kind) {
    case 'circle':
      return distanceToStretch(flat(shape.center), a, b) <= shape.radiusMeters
    case 'corridor':
      return stretchesOf(shape.line.map(flat)).some(
        ([c, d]) => distanceBetweenStretches(a, b, c, d) <= shape.radiusMeters,
      )
    case 'polygon': {
      const corners = shape.corners.map(flat)
      return isInside(corners, a) || closed(corners).some(([c, d]) => stretchesMeet(a, b, c, d))
    }
  }
}

/** Degrees that a shape lies between. */
export type Bounds = { readonly south: number; readonly north: number; readonly west: number; readonly east: number }

const METERS_PER_DEGREE = 111_000

/** Where a shape is, with a margin around it. */
export function boundsOf(shape: Shape, marginMeters: number): Bounds {
  const places = shape.kind === 'circle' ? [shape.center] : shape.kind === 'polygon' ? shape.corners : shape.line
  const reach = marginMeters + (shape.kind === 'polygon' ? 0 : shape.radiusMeters)
  const latitudes = places.map(({ latitudeDegrees }) => latitudeDegrees)
  const longitudes = places.map(({ longitudeDegrees }) => longitudeDegrees)
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
  const up = reach / METERS_PER_DEGREE
  const aside = up / Math.cos((Math.min(86, Math.max(-south, north) + up) * Math.PI) / 180)
  return {
    south: south - up,
    north: north + up,
    west: Math.min(...longitudes) - aside,
    east: Math.max(...longitudes) + aside,
  }
}

type Stretch = readonly [Point, Point]

function stretchesOf(line: readonly Point[]): Stretch[] {
  return line.slice(1).map((to, i) => [line[i]!, to])
}

function closed(corners: readonly Point[]): Stretch[] {
  return corners.map((from, i) => [from, corners[(i + 1) % corners.length]!])
}

function nearest(stretches: readonly Stretch[], point: Point): number {
  return Math.min(...stretches.map(([from, to]) => distanceToStretch(point, from, to)))
}

/** By how often a line from the point to the east crosses the outline. */
function isInside(corners: readonly Point[], { x, y }: Point): boolean {
  const crossings = closed(corners).filter(
    ([from, to]) => from.y > y !== to.y > y && x < ((to.x - from.x) * (y - from.y)) / (to.y - from.y) + from.x,
  )
  return crossings.length % 2 === 1
}
