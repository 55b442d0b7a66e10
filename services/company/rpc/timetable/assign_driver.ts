import { DriverAssignedSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { type Handler, isConstraint, type Tx } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { requireDriverFit } from '../../planning/require_free.ts'
import { type AssignmentRow, insertAssignment } from '../../store/drivers.ts'
import { requireEditable } from '../../trip_changes.ts'
import { assignmentToProto } from '../../wire/trip.ts'
import { insertAs, tenantOf } from '../common.ts'
import { requireTripLocked } from '../required.ts'

/** Puts a driver on a trip. */
export const assignDriver =
  (ctx: Ctx): Handler<typeof TimetableService.method.assignDriver> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    const { assignmentId, tripId, driverUserId } = req
    return ctx.db.once(call, req, async (tx) => {
      const trip = await requireTripLocked(tx, tenantId, tripId)
      requireEditable(trip)
      await requireDriverFit(tx, trip, driverUserId)
      const { departureTime, arrivalTime } = trip
      const ids = { tenantId, assignmentId, tripId, driverUserId }
      const row = { ...ids, departureTime, arrivalTime, assignTime: ctx.clock.now(), releaseTime: null }
      await insertFree(tx, row)
      await tx.publish(DriverAssignedSchema, tripId, ids)
      return { assignment: assignmentToProto(row) }
    })
  }

/** The database decides whether the driver is free: two dispatchers may ask at the same time. */
async function insertFree(tx: Tx, row: AssignmentRow): Promise<void> {
  const driver = { driver_user_id: row.driverUserId }
  await insertAs(row.assignmentId, async () => {
    try {
      await insertAssignment(tx, row)
    } catch (err) {
      if (isConstraint(err, 'driver_free')) throw refuse('DRIVER_BUSY', 'the driver drives elsewhere then', driver)
      if (isConstraint(err, 'driver_one_for_trip')) throw refuse('TRIP_HAS_DRIVER', 'the trip has a driver', driver)
      throw err
    }
  })
}
