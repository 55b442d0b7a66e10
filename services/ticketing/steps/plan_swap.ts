import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import type { Seat } from '../domain/ride.ts'
import type { SwapPlan } from '../domain/swap.ts'
import { refuse } from '../errors.ts'
import { lockTripState } from '../store/swaps.ts'
import { seatsOf } from '../wire/snapshot.ts'
import { planRiders } from './seat_riders.ts'

/** A bus that is to run a trip instead. */
export type OtherBus = { readonly busId: string; readonly plate: string; readonly seats: readonly Seat[] }

/** Asks the company for one of its buses and its seats; its refusals are the answer. */
export async function findBus(ctx: Ctx, busId: string): Promise<OtherBus> {
  const { bus } = await ctx.peers.fleet.getBus({ busId })
  if (!bus) throw new Error('company has a bus and did not say which')
  const { layout } = await ctx.peers.fleet.getSeatLayout({ layoutId: bus.layoutId })
  return { busId, plate: bus.plate, seats: seatsOf(layout) }
}

/**
 * Where everybody on a trip would sit in another bus, with the trip's seats locked until the transaction ends.
 *
 * @throws {ConnectError} TRIP_UNKNOWN, TRIP_OVER
 */
export async function planOnTrip(tx: Tx, ctx: Ctx, tripId: string, { seats }: OtherBus): Promise<SwapPlan> {
  const state = await lockTripState(tx, tripId)
  if (!state) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: tripId })
  if (state === 'ARRIVED' || state === 'CANCELLED') {
    throw refuse('TRIP_OVER', `the trip is ${state.toLowerCase()}`, { state })
  }
  return planRiders(tx, tripId, seats, ctx.clock.now())
}
