import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { type AssignmentCursor, listAssignments } from '../../store/drivers.ts'
import { given } from '../../wire/names.ts'
import { assignmentToProto } from '../../wire/trip.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists who drives when, by departure. */
export const listDriverAssignments =
  (ctx: Ctx): Handler<typeof TimetableService.method.listDriverAssignments> =>
  async (req, call) => {
    const page = pageFrom<AssignmentCursor>(req, { departureTime: 'time', assignmentId: 'uuid' })
    const filter = {
      ...page,
      driverUserId: given(req.driverUserId),
      tripId: given(req.tripId),
      releasedToo: req.showReleased,
    }
    const rows = await ctx.db.transaction((tx) => listAssignments(tx, tenantOf(call), filter))
    return {
      assignments: rows.map(assignmentToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ departureTime, assignmentId }) => ({
        departureTime: departureTime.toISOString(),
        assignmentId,
      })),
    }
  }
