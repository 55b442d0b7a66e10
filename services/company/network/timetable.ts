import type { NetworkCalendar, NetworkSchedule } from '#gen/tms/company/v1/network_pb.ts'
import { callsFault } from '../domain/calls.ts'
import { departuresFault } from '../domain/departures.ts'
import { serviceDaysFault } from '../domain/service_days.ts'
import { isTimeZone } from '../domain/time_zone.ts'
import { keepCalendars, keepSchedules } from '../store/network.ts'
import { keepProfiles, profileOf, type ProfileRow, type ScheduleRow } from '../store/schedules.ts'
import { callsFromProto, daysFromProto, departuresFromProto } from '../wire/timetable.ts'
import { count, introduce, invalid, resolve, type Run } from './run.ts'

/** Writes calendars. They decide about trips made from now on. */
export async function writeCalendars(run: Run, entries: readonly NetworkCalendar[]): Promise<void> {
  const rows = entries.map(({ key, name, days: wireDays }) => {
    const days = daysFromProto(wireDays!) // required by the contract
    const fault = serviceDaysFault(days)
    if (fault) throw invalid('calendars', key, `${fault.detail}: ${fault.date}`)
    const calendarId = introduce(run, 'calendars', key)
    return { tenantId: run.company.tenantId, calendarId, name, ...days, createTime: run.now, updateTime: run.now }
  })
  count(run, 'calendars', await keepCalendars(run.tx, rows))
}

/** Writes schedules with their calls. They decide about trips made from now on. */
export async function writeSchedules(run: Run, entries: readonly NetworkSchedule[]): Promise<void> {
  const profiles = new Map<string, ProfileRow>()
  const rows = entries.map((entry) => scheduleRow(run, entry, profiles))
  await keepProfiles(run.tx, [...profiles.values()])
  count(run, 'schedules', await keepSchedules(run.tx, rows))
}

function scheduleRow(run: Run, entry: NetworkSchedule, profiles: Map<string, ProfileRow>): ScheduleRow {
  const { key, patternKey, calendarKey, busKey, layoutKey, timeZone } = entry
  const from = { kind: 'schedules' as const, key }
  resolve(run, 'patterns', patternKey, from)
  const pattern = run.patterns.get(patternKey)!
  const calls = callsFromProto(entry.calls)
  const departures = departuresFromProto(entry.departures)
  const fault = callsFault(calls, pattern.stopCount) ?? departuresFault(departures) ?? zoneFault(timeZone)
  if (fault !== undefined) throw invalid('schedules', key, fault)
  const profile = profileOf(run.company.tenantId, pattern.patternId, calls)
  profiles.set(profile.profileId, profile)
  const busId = busKey === '' ? null : resolve(run, 'buses', busKey, from)
  const givenLayout = layoutKey === '' ? null : resolve(run, 'layouts', layoutKey, from)
  return {
    tenantId: run.company.tenantId,
    scheduleId: introduce(run, 'schedules', key),
    routeId: pattern.routeId,
    patternId: pattern.patternId,
    calendarId: resolve(run, 'calendars', calendarKey, from),
    profileId: profile.profileId,
    headsign: entry.headsign || pattern.headsign,
    startSeconds: departures.startSeconds ?? null,
    windows: departures.windows,
    busId,
    layoutId: run.busLayouts.get(busKey) ?? givenLayout,
    state: 'ACTIVE',
    timeZone: timeZone || run.company.timeZone,
    gtfsTripId: key,
    createTime: run.now,
    updateTime: run.now,
  }
}

const zoneFault = (timeZone: string) =>
  timeZone === '' || isTimeZone(timeZone) ? undefined : `there is no time zone ${timeZone}`
