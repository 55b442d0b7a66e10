import { CalendarExceptionType, type ServiceDays } from '#gen/tms/company/v1/schedule_pb.ts'
import { addDays, weekdayOf } from '#kit'

/** A date on which a calendar differs from its weekly rule. */
export type DatedException = { readonly date: string; readonly type: CalendarExceptionType }

/**
 * Every date on which a calendar differs from its weekly rule, its seasons told as dates: GTFS knows no seasons. What the
 * company said of a date itself counts more.
 */
export function exceptionsOf({ weekdays, exceptions, seasons }: ServiceDays): DatedException[] {
  const dated = new Map<string, CalendarExceptionType>()
  for (const season of seasons) {
    for (let date = season.startDate; date <= season.endDate; date = addDays(date, 1)) {
      const runs = season.weekdays.includes(weekdayOf(date))
      if (runs === weekdays.includes(weekdayOf(date))) continue
      dated.set(date, runs ? CalendarExceptionType.ADDED : CalendarExceptionType.REMOVED)
    }
  }
  for (const { date, type } of exceptions) dated.set(date, type)
  return [...dated].map(([date, type]) => ({ date, type })).sort((a, b) => a.date.localeCompare(b.date))
}
