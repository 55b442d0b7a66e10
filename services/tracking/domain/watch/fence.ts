import type { LatLng } from '#kit'
import { type Bounds, boundsOf, type Shape } from './shape.ts'

/** A place that is watched. */
export type Fence = {
  readonly geofenceId: string
  readonly name: string
  readonly shape: Shape
  readonly dwellMs: number | undefined
  readonly speedLimitMetersPerSecond: number | undefined
  /** Trips of this route are to stay inside. */
  readonly routeId: string | undefined
}

/** A bus has left only when it is so far outside: receivers err, and a bus at the border goes in and out once. */
export const LEAVE_METERS = 25

const CELL_DEGREES = 0.05
/** A fence over more cells is looked at always: that costs less than its cells. */
const MOST_CELLS = 400

/** The fences of a company, found by place: a grid of about five kilometres. */
export class FenceIndex {
  readonly #byId: ReadonlyMap<string, Fence>
  readonly #cells = new Map<string, Fence[]>()
  readonly #everywhere: Fence[] = []
  readonly #corridors: ReadonlyMap<string, readonly Fence[]>

  constructor(fences: readonly Fence[]) {
    this.#byId = new Map(fences.map((fence) => [fence.geofenceId, fence]))
    this.#corridors = Map.groupBy(
      fences.filter(({ routeId }) => routeId !== undefined),
      ({ routeId }) => routeId ?? '',
    )
    for (const fence of fences) this.#enter(fence)
  }

  byId(geofenceId: string): Fence | undefined {
    return this.#byId.get(geofenceId)
  }

  /** The corridors that a route is to be driven in. */
  corridorsOf(routeId: string | undefined): readonly Fence[] {
    return (routeId !== undefined && this.#corridors.get(routeId)) || []
  }

  /** Every fence that a bus can have met on the straight way between two places, and perhaps others. */
  near(from: LatLng, to: LatLng): ReadonlySet<Fence> {
    const found = new Set(this.#everywhere)
    if (this.#cells.size === 0) return found
    const bounds = {
      south: Math.min(from.latitudeDegrees, to.latitudeDegrees),
      north: Math.max(from.latitudeDegrees, to.latitudeDegrees),
      west: Math.min(from.longitudeDegrees, to.longitudeDegrees),
      east: Math.max(from.longitudeDegrees, to.longitudeDegrees),
    }
    // After a silence a bus may be far away: then all are asked.
    if (cellCount(bounds) > MOST_CELLS) return new Set(this.#byId.values())
    for (const cell of cellsOf(bounds)) for (const fence of this.#cells.get(cell) ?? []) found.add(fence)
    return found
  }

  #enter(fence: Fence): void {
    const bounds = boundsOf(fence.shape, LEAVE_METERS)
    if (cellCount(bounds) > MOST_CELLS) {
      this.#everywhere.push(fence)
      return
    }
    for (const cell of cellsOf(bounds)) {
      const fences = this.#cells.get(cell)
      if (fences) fences.push(fence)
      else this.#cells.set(cell, [fence])
    }
  }
}

const cellOf = (degrees: number) => Math.floor(degrees / CELL_DEGREES)

function cellCount({ south, north, west, east }: Bounds): number {
  return (cellOf(north) - cellOf(south) + 1) * (cellOf(east) - cellOf(west) + 1)
}

function* cellsOf({ south, north, west, east }: Bounds): Generator<string> {
  for (let y = cellOf(south); y <= cellOf(north); y++) {
    for (let x = cellOf(west); x <= cellOf(east); x++) yield `${x} ${y}`
  }
}
