import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { moveTrip } from '../../trip_changes.ts'
import { tenantOf } from '../common.ts'
import { requireTripLocked } from '../required.ts'
import { tripsToProto } from './trip_view.ts'

/** Cancels a trip: its driver is free again, and the sellers refund its passengers. */
export const cancelTrip =
  (ctx: Ctx): Handler<typeof TimetableService.method.cancelTrip> =>
  async ({ tripId, reason }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const trip = await requireTripLocked(tx, tenantId, tripId)
      const cancelled = await moveTrip(ctx, tx, trip, 'CANCELLED', { reason, together: [] })
      const [view] = await tripsToProto(tx, tenantId, [cancelled])
      return { trip: view }
    })
  }
