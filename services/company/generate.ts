import { serviceDateOf, type Tx } from '#kit'
import { announceTrips } from './announce.ts'
import type { Ctx } from './context.ts'
import type { PlanningRules } from './domain/collisions.ts'
import { runningSeconds } from './domain/calls.ts'
import { departuresKnown } from './domain/departures.ts'
import { datesFrom } from './domain/service_days.ts'
import { departureKey, type DueTrip, type Template, tripsDue } from './domain/trips_due.ts'
import { rulesOf, turnEnd } from './planning/rules.ts'
import { calendarsById } from './store/calendars.ts'
import type { CompanyRow } from './store/companies.ts'
import { activeSchedules, findProfiles, type ScheduleRow } from './store/schedules.ts'
import { departuresMade, insertTrips, type TripRow } from './store/trips.ts'

/** Which trips are to be made. */
export type GenerateRange = {
  /** First service date; today in the company's zone when undefined. */
  readonly fromDate: string | undefined
  readonly dayCount: number
  /** Only this schedule's; all of the company's when undefined. */
  readonly scheduleId: string | undefined
}

/** What came of it. */
export type Generated = {
  readonly createdCount: number
  readonly existingCount: number
  readonly withoutBusCount: number
  readonly withoutDeparturesCount: number
}

/** A schedule as a template of trips. */
export type TripTemplate = Template & { readonly schedule: ScheduleRow }

/**
 * Trips per transaction: each is told of with all its calls, seats and fares, and waits in memory until the commit. A
 * city feed has 24,000 departures a day.
 */
const TRIPS_PER_TRANSACTION = 500

/** Makes and publishes the trips of a range that are not there yet. */
export async function generateTrips(ctx: Ctx, company: CompanyRow, range: GenerateRange): Promise<Generated> {
  const { tenantId } = company
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => ctx.db.transaction(work, { tenantId })
  const schedules = await inTenant((tx) => activeSchedules(tx, tenantId, range.scheduleId))
  const templates = await inTenant((tx) => templatesOf(tx, tenantId, schedules.filter(hasDepartures)))
  const total = { createdCount: 0, existingCount: 0, withoutBusCount: 0 }
  const write = async (chunk: readonly DueTrip<TripTemplate>[]) => {
    const { created, withoutBus } = await writeTrips(ctx, tenantId, chunk)
    total.createdCount += created
    total.withoutBusCount += withoutBus
  }
  const first = range.fromDate ?? serviceDateOf(ctx.clock.now(), company.timeZone)
  const waiting: DueTrip<TripTemplate>[] = []
  for (const date of datesFrom(first, range.dayCount)) {
    const { made, due } = await inTenant((tx) => dueOn(tx, tenantId, templates, date))
    total.existingCount += made
    waiting.push(...due)
    while (waiting.length >= TRIPS_PER_TRANSACTION) await write(waiting.splice(0, TRIPS_PER_TRANSACTION))
  }
  if (waiting.length > 0) await write(waiting)
  if (total.createdCount > 0) ctx.happened('trips_generated', { count: total.createdCount })
  return { ...total, withoutDeparturesCount: schedules.length - templates.length }
}

const hasDepartures = ({ startSeconds, windows }: ScheduleRow) =>
  departuresKnown({ startSeconds: startSeconds ?? undefined, windows })

async function templatesOf(tx: Tx, tenantId: string, schedules: readonly ScheduleRow[]): Promise<TripTemplate[]> {
  const calendars = await calendarsById(tx, tenantId)
  const profiles = await findProfiles(tx, tenantId, [...new Set(schedules.map(({ profileId }) => profileId))])
  return schedules.map((schedule) => ({
    schedule,
    scheduleId: schedule.scheduleId,
    startSeconds: schedule.startSeconds ?? undefined,
    windows: schedule.windows,
    timeZone: schedule.timeZone,
    days: calendars.get(schedule.calendarId)!,
    runningSeconds: runningSeconds(profiles.get(schedule.profileId)!.calls),
  }))
}

/** The trips of some days that are not made yet. */
export async function tripsStillDue(tx: Tx, tenantId: string, dates: readonly string[]) {
  const schedules = await activeSchedules(tx, tenantId, undefined)
  const templates = await templatesOf(tx, tenantId, schedules.filter(hasDepartures))
  const due: DueTrip<TripTemplate>[] = []
  for (const date of dates) due.push(...(await dueOn(tx, tenantId, templates, date)).due)
  return due
}

async function dueOn(tx: Tx, tenantId: string, templates: readonly TripTemplate[], date: string) {
  const existing = await departuresMade(tx, tenantId, date)
  const all = tripsDue(templates, date)
  const due = all.filter(({ template, startSeconds }) => !existing.has(departureKey(template.scheduleId, startSeconds)))
  return { made: all.length - due.length, due }
}

function writeTrips(ctx: Ctx, tenantId: string, due: readonly DueTrip<TripTemplate>[]) {
  return ctx.db.transaction(
    async (tx) => {
      const rules = await rulesOf(tx, tenantId)
      const rows = due.map((one) => rowOf(ctx, tenantId, one, rules))
      const { trips, withoutBus } = await insertWithBuses(tx, rows)
      await announceTrips(tx, tenantId, trips)
      return { created: trips.length, withoutBus }
    },
    { tenantId },
  )
}

/** Trips whose bus is elsewhere at that time are written without one: a missing bus can be found, a missing trip not. */
async function insertWithBuses(tx: Tx, rows: readonly TripRow[]) {
  const trips = await insertTrips(tx, rows)
  const written = new Set(trips.map(({ tripId }) => tripId))
  const left = rows.filter(({ tripId, busId }) => busId !== null && !written.has(tripId))
  if (left.length === 0) return { trips, withoutBus: 0 }
  const busless = await insertTrips(
    tx,
    left.map((row) => ({ ...row, busId: null })),
  )
  return { trips: [...trips, ...busless], withoutBus: busless.length }
}

function rowOf(ctx: Ctx, tenantId: string, due: DueTrip<TripTemplate>, rules: PlanningRules): TripRow {
  const { scheduleId, routeId, patternId, profileId, headsign, timeZone, busId, layoutId } = due.template.schedule
  const { serviceDate, startSeconds, departureTime, arrivalTime } = due
  const now = ctx.clock.now()
  return {
    tenantId,
    tripId: ctx.newId(),
    scheduleId,
    routeId,
    patternId,
    profileId,
    headsign,
    serviceDate,
    startSeconds,
    shiftSeconds: 0,
    timeZone,
    departureTime,
    arrivalTime,
    turnEndTime: turnEnd(arrivalTime, rules),
    delayMinutes: 0,
    delayReason: '',
    busId,
    layoutId,
    state: 'SCHEDULED',
    revision: 1n,
    cancelReason: '',
    createTime: now,
    updateTime: now,
  }
}
