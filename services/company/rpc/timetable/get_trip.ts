import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { driverOf } from '../../store/drivers.ts'
import { companyOfTrips, tripFacts } from '../../store/trip_facts.ts'
import { layoutToProto } from '../../wire/fleet.ts'
import { assignmentToProto, tripFaresToProto, tripToProto } from '../../wire/trip.ts'
import { tenantOf } from '../common.ts'
import { requireTrip } from '../required.ts'

/** Reads one trip with its seats, fares and driver. */
export const getTrip =
  (ctx: Ctx): Handler<typeof TimetableService.method.getTrip> =>
  async ({ tripId }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const trip = await requireTrip(tx, tenantId, tripId)
      const facts = await tripFacts(tx, await companyOfTrips(tx, tenantId), [trip])
      const layout = trip.layoutId === null ? undefined : facts.layouts.get(trip.layoutId)
      const driver = await driverOf(tx, tenantId, tripId)
      return {
        trip: tripToProto(trip, facts),
        layout: layout && layoutToProto(layout),
        fares: tripFaresToProto(facts.faresOf(trip)),
        driver: driver && assignmentToProto(driver),
      }
    })
  }
