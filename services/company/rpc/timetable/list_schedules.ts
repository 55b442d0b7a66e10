import { ScheduleState } from '#gen/tms/company/v1/schedule_pb.ts'
import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { listSchedules as readSchedules, type ScheduleCursor } from '../../store/schedules.ts'
import { given, nameIfGiven } from '../../wire/names.ts'
import { scheduleToProto } from '../../wire/timetable.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists schedules in the order they were entered. */
export const listSchedules =
  (ctx: Ctx): Handler<typeof TimetableService.method.listSchedules> =>
  async (req, call) => {
    const page = pageFrom<ScheduleCursor>(req, { createTime: 'time', scheduleId: 'uuid' })
    const filter = { ...page, routeId: given(req.routeId), state: nameIfGiven(ScheduleState, req.state) }
    const rows = await ctx.db.transaction((tx) => readSchedules(tx, tenantOf(call), filter))
    return {
      schedules: rows.map(scheduleToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ createTime, scheduleId }) => ({
        createTime: createTime.toISOString(),
        scheduleId,
      })),
    }
  }
