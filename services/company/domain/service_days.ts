import { addDays, isServiceDate, weekdayOf } from '#kit'

/** The service dates of a calendar: a weekly rule from one date to another, both inclusive, and dates that differ. */
export type ServiceDays = {
  /** ISO 8601: Monday is 1, Sunday is 7. */
  readonly weekdays: readonly number[]
  readonly startDate: string
  readonly endDate: string
  readonly addedDates: readonly string[]
  readonly removedDates: readonly string[]
}

/** Whether a calendar runs on a date. An added date counts also outside the range (GTFS calendar_dates.txt). */
export function runsOn(days: ServiceDays, date: string): boolean {
  if (days.removedDates.includes(date)) return false
  if (days.addedDates.includes(date)) return true
  return date >= days.startDate && date <= days.endDate && days.weekdays.includes(weekdayOf(date))
}

/** What is wrong with a calendar, and the date it is about; undefined when nothing is. */
export function serviceDaysFault(days: ServiceDays): { detail: string; date: string } | undefined {
  const exceptions = [...days.addedDates, ...days.removedDates]
  for (const date of [days.startDate, days.endDate, ...exceptions]) {
    if (!isServiceDate(date)) return { detail: 'there is no such day', date }
  }
  if (days.endDate < days.startDate) return { detail: 'it ends before it begins', date: days.endDate }
  const twice = exceptions.find((date, i) => exceptions.indexOf(date) !== i)
  return twice === undefined ? undefined : { detail: 'the date has two exceptions', date: twice }
}

/** Consecutive dates, the first included. */
export function datesFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addDays(first, i))
}
