import { serviceInstant } from '#kit'
import { departuresOf, type Departures } from './departures.ts'
import { runsOn, type ServiceDays } from './service_days.ts'

/** What a schedule says about the trips it makes. */
export type Template = Departures & {
  readonly scheduleId: string
  readonly days: ServiceDays
  readonly timeZone: string
  readonly runningSeconds: number
}

/** A trip that a template makes on a date. */
export type DueTrip<T extends Template> = {
  readonly template: T
  readonly serviceDate: string
  readonly startSeconds: number
  readonly departureTime: Date
  readonly arrivalTime: Date
}

/** Names a departure of a schedule on a date: what makes a trip one and the same. */
export function departureKey(scheduleId: string, startSeconds: number): string {
  return `${scheduleId} ${startSeconds}`
}

/** The trips of one service date, in the order of their templates. */
export function tripsDue<T extends Template>(templates: readonly T[], serviceDate: string): DueTrip<T>[] {
  return templates
    .filter(({ days }) => runsOn(days, serviceDate))
    .flatMap((template) => departuresOf(template).map((start) => dueTrip(template, serviceDate, start)))
}

function dueTrip<T extends Template>(template: T, serviceDate: string, startSeconds: number): DueTrip<T> {
  const { timeZone, runningSeconds } = template
  return {
    template,
    serviceDate,
    startSeconds,
    departureTime: serviceInstant(serviceDate, startSeconds, timeZone),
    arrivalTime: serviceInstant(serviceDate, startSeconds + runningSeconds, timeZone),
  }
}
