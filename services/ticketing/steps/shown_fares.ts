import type { Ctx } from '../context.ts'
import { openLevel } from '../domain/levels.ts'
import type { Legs } from '../domain/legs.ts'
import { type Fares, type RideForSale, type RidePlaces, shownFares } from '../domain/ride.ts'
import { legLoads } from '../store/leg_loads.ts'

/** A ride that is shown with its prices. */
export type ShownRide = Pick<RideForSale, 'fares' | 'terms'> &
  RidePlaces & {
    readonly trip: { readonly tripId: string }
    readonly origin: { readonly sequence: number }
    readonly destination: { readonly sequence: number }
  }

/** What one adult pays now in each class of some rides: under the terms of their companies, at the levels that are open. */
export async function currentFares(ctx: Ctx, rides: readonly ShownRide[]): Promise<Fares[]> {
  const levelled = rides.filter(({ terms }) => terms.levels.length > 0)
  // All rows: how full a bus is, is public.
  const counted = await legLoads(
    ctx.db.system,
    levelled.map((ride) => ({ tripId: ride.trip.tripId, legs: legsOf(ride) })),
    ctx.clock.now(),
  )
  const loads = new Map(levelled.map((ride, i) => [ride, counted[i]!]))
  return rides.map((ride) => {
    const open = Object.entries(loads.get(ride) ?? {}).flatMap(([seatClass, legs]) => {
      const level = openLevel(ride.terms.levels, legs, 1)
      return level ? [[seatClass, level] as const] : []
    })
    return shownFares(ride, Object.fromEntries(open))
  })
}

function legsOf({ origin, destination }: ShownRide): Legs {
  return { from: origin.sequence, to: destination.sequence }
}
