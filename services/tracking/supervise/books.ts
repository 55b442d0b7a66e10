import { FenceIndex } from '../domain/watch/fence.ts'
import type { WatchedTrip } from '../domain/watch/types.ts'
import type { Ctx } from '../context.ts'
import { geofencesOf } from '../store/geofences.ts'
import { watchedTrips } from '../store/watches.ts'
import { fenceOf } from '../wire/geofences.ts'

/** What was read is good for so long: another process may change it. */
const LIFE_MS = 5_000
const NO_FENCES = new FenceIndex([])

type Kept<T> = { readonly value: T; readonly readAtMs: number }

/** What buses move among: the fences of companies and the trips, read again every few seconds while they are needed. */
export class Books {
  readonly #ctx: Ctx
  readonly #fences = new Map<string, Kept<FenceIndex>>()
  readonly #trips = new Map<string, Kept<WatchedTrip | undefined>>()

  constructor(ctx: Ctx) {
    this.#ctx = ctx
  }

  /** Reads what is missing or old. Buses of all companies are watched together. */
  async prepare(tenantIds: ReadonlySet<string>, tripIds: ReadonlySet<string>): Promise<void> {
    const nowMs = performance.now()
    forgetOld(this.#fences, nowMs)
    forgetOld(this.#trips, nowMs)
    const { system } = this.#ctx.db
    const tenants = [...tenantIds].filter((id) => !this.#fences.has(id))
    if (tenants.length > 0) {
      const byTenant = Map.groupBy(await geofencesOf(system, tenants), ({ tenantId }) => tenantId)
      for (const id of tenants) {
        const fences = (byTenant.get(id) ?? []).flatMap((row) => fenceOf(row) ?? [])
        this.#fences.set(id, { value: new FenceIndex(fences), readAtMs: nowMs })
      }
    }
    const trips = [...tripIds].filter((id) => !this.#trips.has(id))
    if (trips.length > 0) {
      const found = new Map((await watchedTrips(system, trips)).map((trip) => [trip.tripId, trip]))
      for (const id of trips) this.#trips.set(id, { value: found.get(id), readAtMs: nowMs })
    }
  }

  /** The company's fences changed. */
  forgetFences(tenantId: string): void {
    this.#fences.delete(tenantId)
  }

  fencesOf(tenantId: string): FenceIndex {
    return this.#fences.get(tenantId)?.value ?? NO_FENCES
  }

  tripOf(tripId: string | undefined): WatchedTrip | undefined {
    return tripId === undefined ? undefined : this.#trips.get(tripId)?.value
  }
}

function forgetOld(kept: Map<string, Kept<unknown>>, nowMs: number): void {
  for (const [id, { readAtMs }] of kept) if (nowMs - readAtMs > LIFE_MS) kept.delete(id)
}
