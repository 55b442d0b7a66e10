import { addDays, isServiceDate, weekdayOf } from '#kit'

/** The service dates of a calendar: a weekly rule from one date to another, both inclusive, and dates that differ. */
export type ServiceDays = {
  /** ISO 8601: Monday is 1, Sunday is 7. */
  readonly weekdays: readonly number[]
  readonly startDate: string
  readonly endDate: string
  readonly addedDates: readonly string[]
  readonly removedDates: readonly string[]
  /** Parts of the year within which other weekdays count; none overlaps another. */
  readonly seasons: readonly Season[]
}

/** A part of the year with weekdays of its own; none means that nothing runs. */
export type Season = {
  readonly name: string
  readonly startDate: string
  readonly endDate: string
  readonly weekdays: readonly number[]
}

/** Whether a calendar runs on a date. An added date counts also outside the range (GTFS calendar_dates.txt). */
export function runsOn(days: ServiceDays, date: string): boolean {
  if (days.removedDates.includes(date)) return false
  if (days.addedDates.includes(date)) return true
  return covers(days, date) && weekdaysOn(days, date).includes(weekdayOf(date))
}

/** The weekdays that count on a date: those of its season, else those of the rule. */
function weekdaysOn({ weekdays, seasons }: ServiceDays, date: string): readonly number[] {
  return seasons.find((season) => covers(season, date))?.weekdays ?? weekdays
}

const covers = (range: { readonly startDate: string; readonly endDate: string }, date: string) =>
  date >= range.startDate && date <= range.endDate

/** What is wrong with a calendar, and the date it is about; undefined when nothing is. */
export function serviceDaysFault(days: ServiceDays): { detail: string; date: string } | undefined {
  const exceptions = [...days.addedDates, ...days.removedDates]
  const ends = days.seasons.flatMap(({ startDate, endDate }) => [startDate, endDate])
  for (const date of [days.startDate, days.endDate, ...exceptions, ...ends]) {
    if (!isServiceDate(date)) return { detail: 'there is no such day', date }
  }
  if (days.endDate < days.startDate) return { detail: 'it ends before it begins', date: days.endDate }
  const twice = exceptions.find((date, i) => exceptions.indexOf(date) !== i)
  return twice === undefined ? seasonsFault(days) : { detail: 'the date has two exceptions', date: twice }
}

function seasonsFault(days: ServiceDays): { detail: string; date: string } | undefined {
  const inOrder = [...days.seasons].sort((a, b) => (a.startDate < b.startDate ? -1 : 1))
  for (const [i, season] of inOrder.entries()) {
    if (season.endDate < season.startDate) return { detail: 'a season ends before it begins', date: season.endDate }
    if (!covers(days, season.startDate) || !covers(days, season.endDate)) {
      return { detail: 'a season lies outside the calendar', date: season.startDate }
    }
    const next = inOrder[i + 1]
    if (next && next.startDate <= season.endDate) return { detail: 'two seasons overlap', date: next.startDate }
  }
  return undefined
}

/** Consecutive dates, the first included. */
export function datesFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addDays(first, i))
}
