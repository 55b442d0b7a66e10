import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  CalendarExceptionType,
  type CalendarSchema,
  type CallOffset as WireCall,
  type Departures as WireDepartures,
  type ScheduleSchema,
  ScheduleState,
  type ServiceDays as WireDays,
} from '#gen/tms/company/v1/schedule_pb.ts'
import type { CallOffset } from '../domain/calls.ts'
import type { Departures } from '../domain/departures.ts'
import type { ServiceDays } from '../domain/service_days.ts'
import type { CalendarRow } from '../store/calendars.ts'
import type { Schedule } from '../store/schedules.ts'

/** The days of a calendar off the wire, in the form that the tables keep. */
export function daysFromProto({ weekdays, startDate, endDate, exceptions, seasons }: WireDays) {
  const datesOf = (wanted: CalendarExceptionType) =>
    exceptions.filter(({ type }) => type === wanted).map(({ date }) => date)
  return {
    weekdays: [...weekdays].sort((a, b) => a - b),
    startDate,
    endDate,
    addedDates: datesOf(CalendarExceptionType.ADDED).sort(),
    removedDates: datesOf(CalendarExceptionType.REMOVED).sort(),
    seasons: seasons.map((season) => ({
      name: season.name,
      startDate: season.startDate,
      endDate: season.endDate,
      weekdays: [...season.weekdays].sort((a, b) => a - b),
    })),
  } satisfies ServiceDays
}

/** A calendar on the wire. */
export function calendarToProto(calendar: CalendarRow): MessageInitShape<typeof CalendarSchema> {
  const { calendarId, tenantId, name, weekdays, startDate, endDate, addedDates, removedDates } = calendar
  const seasons = calendar.seasons.map((season) => ({ ...season, weekdays: [...season.weekdays] }))
  const exceptions = [
    ...addedDates.map((date) => ({ date, type: CalendarExceptionType.ADDED })),
    ...removedDates.map((date) => ({ date, type: CalendarExceptionType.REMOVED })),
  ].sort((a, b) => a.date.localeCompare(b.date))
  return {
    calendarId,
    tenantId,
    name,
    days: { weekdays, startDate, endDate, exceptions, seasons },
    createTime: timestampFromDate(calendar.createTime),
    updateTime: timestampFromDate(calendar.updateTime),
  }
}

/** Departures off the wire; not known when the message is not there. */
export function departuresFromProto(departures: WireDepartures | undefined): Departures {
  const windows = departures?.windows ?? []
  return {
    startSeconds: departures?.startSeconds,
    windows: windows.map(({ startSeconds, endSeconds, headwaySeconds }) => ({
      startSeconds,
      endSeconds,
      headwaySeconds,
    })),
  }
}

/** Calls off the wire. */
export function callsFromProto(calls: readonly WireCall[]): CallOffset[] {
  return calls.map(({ arrivalSeconds, departureSeconds, pickupRefused, dropOffRefused }) => ({
    arrivalSeconds,
    departureSeconds,
    pickupRefused,
    dropOffRefused,
  }))
}

/** A schedule on the wire. */
export function scheduleToProto(schedule: Schedule): MessageInitShape<typeof ScheduleSchema> {
  const { scheduleId, tenantId, routeId, patternId, calendarId, headsign, timeZone, gtfsTripId } = schedule
  return {
    scheduleId,
    tenantId,
    routeId,
    patternId,
    calendarId,
    headsign,
    departures: { startSeconds: schedule.startSeconds ?? undefined, windows: [...schedule.windows] },
    calls: [...schedule.calls],
    busId: schedule.busId ?? '',
    layoutId: schedule.layoutId ?? '',
    state: ScheduleState[schedule.state],
    timeZone,
    gtfsTripId,
    createTime: timestampFromDate(schedule.createTime),
    updateTime: timestampFromDate(schedule.updateTime),
  }
}
