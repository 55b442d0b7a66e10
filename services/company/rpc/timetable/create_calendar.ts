import type { TimetableService } from '#gen/tms/company/v1/timetable_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { type ServiceDays, serviceDaysFault } from '../../domain/service_days.ts'
import { refuse } from '../../errors.ts'
import { insertCalendar } from '../../store/calendars.ts'
import { calendarToProto, daysFromProto } from '../../wire/timetable.ts'
import { insertAs, tenantOf } from '../common.ts'

/** Enters a calendar. */
export const createCalendar =
  (ctx: Ctx): Handler<typeof TimetableService.method.createCalendar> =>
  async (req, call) => {
    const [tenantId, now] = [tenantOf(call), ctx.clock.now()]
    const days = requireDays(daysFromProto(req.days!)) // required by the contract
    const calendar = { tenantId, calendarId: req.calendarId, name: req.name, ...days, createTime: now, updateTime: now }
    return ctx.db.once(call, req, async (tx) => {
      await insertAs(req.calendarId, () => insertCalendar(tx, calendar))
      return { calendar: calendarToProto(calendar) }
    })
  }

/** Refuses days that do not exist, run backwards or contradict themselves. */
export function requireDays<D extends ServiceDays>(days: D): D {
  const fault = serviceDaysFault(days)
  if (fault) throw refuse('CALENDAR_INVALID', `${fault.detail}: ${fault.date}`, { date: fault.date })
  return days
}
