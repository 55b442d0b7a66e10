import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import { VehicleArrivedSchema, VehicleDepartedSchema } from '#gen/tms/tracking/v1/events_pb.ts'
import { on, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { mayGo, type TripStateName } from '../domain/trip_state.ts'
import { lockTrip } from '../store/trips.ts'
import { moveTrip } from '../trip_changes.ts'
import { nameOf } from '../wire/names.ts'

/** The bus left the first stop after boarding: the trip has departed, also when nobody pressed the button. */
export const departWithBus = on(
  VehicleDepartedSchema,
  async (ctx: Ctx, tx, { tenantId, sighting, stopSequence }) => {
    if (stopSequence === 0) await follow(ctx, tx, tenantId, sighting?.tripId ?? '', TripState.DEPARTED)
  },
  { name: 'depart-with-bus' },
)

/** The bus reached the last stop: the trip has arrived. */
export const arriveWithBus = on(
  VehicleArrivedSchema,
  async (ctx: Ctx, tx, { tenantId, sighting, isLast }) => {
    if (isLast) await follow(ctx, tx, tenantId, sighting?.tripId ?? '', TripState.ARRIVED)
  },
  { name: 'arrive-with-bus' },
)

/** A trip that cannot go there from where it stands stays: people know what the bus does not. */
async function follow(ctx: Ctx, tx: Tx, tenantId: string, tripId: string, state: TripState): Promise<void> {
  const to: TripStateName = nameOf(TripState, state)
  const trip = tripId === '' ? undefined : await lockTrip(tx, tenantId, tripId)
  if (trip && mayGo(trip.state, to)) await moveTrip(ctx, tx, trip, to)
}
