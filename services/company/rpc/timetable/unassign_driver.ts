import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { findAssignment, releaseDriver } from '../../store/drivers.ts'
import { publishUnassigned, requireEditable } from '../../trip_changes.ts'
import { assignmentToProto } from '../../wire/trip.ts'
import { tenantOf } from '../common.ts'
import { requireTripLocked } from '../required.ts'

/** Takes a driver off a trip. */
export const unassignDriver =
  (ctx: Ctx): Handler<typeof TimetableService.method.unassignDriver> =>
  async ({ assignmentId }, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      const assignment = await findAssignment(tx, tenantId, assignmentId)
      if (!assignment) throw refuse('ASSIGNMENT_UNKNOWN', 'no such assignment', { assignment_id: assignmentId })
      if (assignment.releaseTime) return { assignment: assignmentToProto(assignment) }
      requireEditable(await requireTripLocked(tx, tenantId, assignment.tripId))
      const released = (await releaseDriver(tx, tenantId, assignment.tripId, ctx.clock.now())) ?? assignment
      await publishUnassigned(tx, released)
      return { assignment: assignmentToProto(released) }
    })
  }
