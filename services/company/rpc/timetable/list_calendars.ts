import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { type CalendarCursor, listCalendars as readCalendars } from '../../store/calendars.ts'
import { calendarToProto } from '../../wire/timetable.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists calendars by name. */
export const listCalendars =
  (ctx: Ctx): Handler<typeof TimetableService.method.listCalendars> =>
  async (req, call) => {
    const page = pageFrom<CalendarCursor>(req, { name: 'text', calendarId: 'uuid' })
    const rows = await ctx.db.transaction((tx) => readCalendars(tx, tenantOf(call), page))
    return {
      calendars: rows.map(calendarToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ name, calendarId }) => ({ name, calendarId })),
    }
  }
