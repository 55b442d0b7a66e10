import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { CallOffset } from '../domain/calls.ts'
import { entryId } from '../domain/network.ts'
import { callProfile, schedule } from './schema.ts'

/** A schedule as it is kept; its calls are in its profile. */
export type ScheduleRow = typeof schedule.$inferSelect

/** A schedule with its calls. */
export type Schedule = ScheduleRow & { readonly calls: readonly CallOffset[] }

/** Ways to call at the stops of a pattern. */
export type ProfileRow = typeof callProfile.$inferSelect

/** Where a page of schedules goes on. */
export type ScheduleCursor = { readonly createTime: string; readonly scheduleId: string }

/** The profile that has these calls: its id follows from them, so that equal calls share one. */
export function profileOf(tenantId: string, patternId: string, calls: readonly CallOffset[]): ProfileRow {
  const marks = calls.map((call) =>
    [call.arrivalSeconds, call.departureSeconds, Number(call.pickupRefused), Number(call.dropOffRefused)].join(','),
  )
  return { tenantId, profileId: entryId(tenantId, 'profiles', patternId, marks.join(';')), patternId, calls }
}

/** Writes profiles that are not there yet; what is there under an id is the same. */
export async function keepProfiles(tx: Queries, rows: readonly ProfileRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insert(callProfile)
    .values([...rows])
    .onConflictDoNothing()
}

/** Some profiles by id. */
export async function findProfiles(
  tx: Queries,
  tenantId: string,
  profileIds: readonly string[],
): Promise<Map<string, ProfileRow>> {
  if (profileIds.length === 0) return new Map()
  const rows = await tx
    .select()
    .from(callProfile)
    .where(and(eq(callProfile.tenantId, tenantId), inArray(callProfile.profileId, [...profileIds])))
  return new Map(rows.map((row) => [row.profileId, row]))
}

/** A schedule with its calls; undefined when the company has none of that id. */
export async function findSchedule(tx: Queries, tenantId: string, scheduleId: string): Promise<Schedule | undefined> {
  const rows = await withCalls(tx)
    .where(and(eq(schedule.tenantId, tenantId), eq(schedule.scheduleId, scheduleId)))
    .limit(1)
  return rows.map(joined)[0]
}

/** Enters a schedule; its profile is there. */
export async function insertSchedule(tx: Queries, row: ScheduleRow): Promise<void> {
  await tx.insert(schedule).values(row)
}

/** Writes what is now true of a schedule. */
export async function updateSchedule(
  tx: Queries,
  { tenantId, scheduleId, ...facts }: Omit<ScheduleRow, 'createTime'>,
): Promise<void> {
  await tx
    .update(schedule)
    .set(facts)
    .where(and(eq(schedule.tenantId, tenantId), eq(schedule.scheduleId, scheduleId)))
}

/** Gives the schedules that put a bus on their trips that bus's seats. */
export async function seatSchedulesOfBus(
  tx: Queries,
  tenantId: string,
  busId: string,
  layoutId: string,
): Promise<void> {
  await tx
    .update(schedule)
    .set({ layoutId })
    .where(and(eq(schedule.tenantId, tenantId), eq(schedule.busId, busId)))
}

/** A page of schedules in the order they were entered. */
export async function listSchedules(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly routeId: string | undefined
    readonly state: ScheduleRow['state'] | undefined
    readonly limit: number
    readonly after: ScheduleCursor | undefined
  },
): Promise<Schedule[]> {
  const { routeId, state, limit, after } = filter
  const rows = await withCalls(tx)
    .where(
      and(
        eq(schedule.tenantId, tenantId),
        routeId === undefined ? undefined : eq(schedule.routeId, routeId),
        state && eq(schedule.state, state),
        after &&
          gt(
            sql`(${schedule.createTime}, ${schedule.scheduleId})`,
            sql`(${after.createTime}::timestamptz, ${after.scheduleId}::uuid)`,
          ),
      ),
    )
    .orderBy(asc(schedule.createTime), asc(schedule.scheduleId))
    .limit(limit)
  return rows.map(joined)
}

/** Every schedule of a company that makes trips, or the one asked for. */
export function activeSchedules(tx: Queries, tenantId: string, scheduleId: string | undefined): Promise<ScheduleRow[]> {
  return tx
    .select()
    .from(schedule)
    .where(
      and(
        eq(schedule.tenantId, tenantId),
        eq(schedule.state, 'ACTIVE'),
        scheduleId === undefined ? undefined : eq(schedule.scheduleId, scheduleId),
      ),
    )
    .orderBy(asc(schedule.createTime), asc(schedule.scheduleId))
}

function withCalls(tx: Queries) {
  return tx
    .select({ schedule, calls: callProfile.calls })
    .from(schedule)
    .innerJoin(
      callProfile,
      and(eq(callProfile.tenantId, schedule.tenantId), eq(callProfile.profileId, schedule.profileId)),
    )
    .$dynamic()
}

const joined = ({ schedule: row, calls }: { schedule: ScheduleRow; calls: readonly CallOffset[] }): Schedule => ({
  ...row,
  calls,
})
