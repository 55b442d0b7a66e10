import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { updateCalendar as writeCalendar } from '../../store/calendars.ts'
import { calendarToProto, daysFromProto } from '../../wire/timetable.ts'
import { tenantOf } from '../common.ts'
import { requireCalendar } from '../required.ts'
import { requireDays } from './create_calendar.ts'

/** Writes what is now true of a calendar; it decides about trips made from now on. */
export const updateCalendar =
  (ctx: Ctx): Handler<typeof TimetableService.method.updateCalendar> =>
  async ({ calendarId, name, days: wireDays }, call) => {
    const [tenantId, updateTime] = [tenantOf(call), ctx.clock.now()]
    const days = requireDays(daysFromProto(wireDays!)) // required by the contract
    return ctx.db.transaction(async (tx) => {
      await requireCalendar(tx, tenantId, calendarId)
      const calendar = await writeCalendar(tx, { tenantId, calendarId, name, ...days, updateTime })
      return { calendar: calendarToProto(calendar) }
    })
  }
