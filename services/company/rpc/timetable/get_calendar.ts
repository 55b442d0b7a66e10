import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { calendarToProto } from '../../wire/timetable.ts'
import { tenantOf } from '../common.ts'
import { requireCalendar } from '../required.ts'

/** Reads one calendar. */
export const getCalendar =
  (ctx: Ctx): Handler<typeof TimetableService.method.getCalendar> =>
  async ({ calendarId }, call) => {
    const calendar = await ctx.db.transaction((tx) => requireCalendar(tx, tenantOf(call), calendarId))
    return { calendar: calendarToProto(calendar) }
  }
