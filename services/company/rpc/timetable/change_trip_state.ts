import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { TripState } from '#gen/tms/company/v1/trip_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { moveTrip } from '../../trip_changes.ts'
import { nameOf } from '../../wire/names.ts'
import { tenantOf } from '../common.ts'
import { requireTripLocked } from '../required.ts'
import { tripsToProto } from './trip_view.ts'

/** Starts boarding, departs or arrives. */
export const changeTripState =
  (ctx: Ctx): Handler<typeof TimetableService.method.changeTripState> =>
  async ({ tripId, state }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const trip = await requireTripLocked(tx, tenantId, tripId)
      const moved = await moveTrip(ctx, tx, trip, nameOf(TripState, state))
      const [view] = await tripsToProto(tx, tenantId, [moved])
      return { trip: view }
    })
  }
