import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { insertSeats, type Layout } from './layouts.ts'
import { bus, calendar, fare, pattern, patternStop, route, schedule, seatLayout, stop } from './schema.ts'
import { upsert, type Upserted } from './upsert.ts'

/** Whole networks, written kind by kind. Each function says what was new, what differed and what was there just so. */

type RowsOf<T extends { $inferInsert: unknown }> = readonly T['$inferInsert'][]

/** Layouts never change: one that is there under its id is the same. */
export async function keepLayouts(tx: Queries, layouts: readonly Layout[]): Promise<Upserted> {
  if (layouts.length === 0) return nothing
  const created = await tx
    .insert(seatLayout)
    .values(layouts.map(({ seats: _, ...row }) => row))
    .onConflictDoNothing()
    .returning({ layoutId: seatLayout.layoutId })
  const createdIds = created.map(({ layoutId }) => layoutId)
  for (const layout of layouts.filter(({ layoutId }) => createdIds.includes(layoutId))) {
    await insertSeats(tx, layout, layout.seats)
  }
  return { createdIds, updatedIds: [], unchangedCount: layouts.length - createdIds.length }
}

/** A bus keeps its state: whether it is on the road is not the feed's to say. */
export function keepBuses(tx: Queries, rows: RowsOf<typeof bus>): Promise<Upserted> {
  return upsert(tx, bus, 'busId', ['plate', 'name', 'layoutId'], rows)
}

export function keepStops(tx: Queries, rows: RowsOf<typeof stop>): Promise<Upserted> {
  const compared = [
    'name',
    'code',
    'town',
    'otherNames',
    'latitudeDegrees',
    'longitudeDegrees',
    'parentStopId',
    'gtfsStopId',
    'searchText',
  ] as const
  return upsert(tx, stop, 'stopId', compared, rows)
}

export function keepRoutes(tx: Queries, rows: RowsOf<typeof route>): Promise<Upserted> {
  return upsert(tx, route, 'routeId', ['name', 'shortName', 'gtfsRouteId', 'searchText'], rows)
}

/** Patterns with their stops. The stops of a pattern that is there are the same, their distances and times may differ. */
export async function keepPatterns(
  tx: Queries,
  rows: RowsOf<typeof pattern>,
  stops: RowsOf<typeof patternStop>,
): Promise<Upserted> {
  const itself = await upsert(tx, pattern, 'patternId', ['position', 'headsign', 'direction', 'pathPolyline'], rows)
  const moved = await keepPatternStops(tx, stops)
  const created = new Set(itself.createdIds)
  const updatedIds = [...new Set([...itself.updatedIds, ...moved])].filter((id) => !created.has(id))
  return { createdIds: itself.createdIds, updatedIds, unchangedCount: rows.length - created.size - updatedIds.length }
}

async function keepPatternStops(tx: Queries, stops: RowsOf<typeof patternStop>): Promise<string[]> {
  const touched: string[] = []
  for (let from = 0; from < stops.length; from += 5000) {
    const rows = await tx
      .insert(patternStop)
      .values(stops.slice(from, from + 5000))
      .onConflictDoUpdate({
        target: [patternStop.tenantId, patternStop.patternId, patternStop.sequence],
        set: { distanceMeters: sql`excluded.distance_meters`, durationSeconds: sql`excluded.duration_seconds` },
        setWhere: sql`(${patternStop.distanceMeters}, ${patternStop.durationSeconds})
          is distinct from (excluded.distance_meters, excluded.duration_seconds)`,
      })
      .returning({ patternId: patternStop.patternId })
    touched.push(...rows.map(({ patternId }) => patternId))
  }
  return touched
}

export function keepCalendars(tx: Queries, rows: RowsOf<typeof calendar>): Promise<Upserted> {
  const compared = ['name', 'weekdays', 'startDate', 'endDate', 'addedDates', 'removedDates', 'seasons'] as const
  return upsert(tx, calendar, 'calendarId', compared, rows)
}

/** A schedule keeps its state: one that was paused by hand stays so. */
export function keepSchedules(tx: Queries, rows: RowsOf<typeof schedule>): Promise<Upserted> {
  const compared = [
    'routeId',
    'patternId',
    'calendarId',
    'profileId',
    'headsign',
    'startSeconds',
    'windows',
    'busId',
    'layoutId',
    'timeZone',
    'gtfsTripId',
  ] as const
  return upsert(tx, schedule, 'scheduleId', compared, rows)
}

/**
 * Fares whose id follows from ride, class, first day and price. One that was there with another price from the same day
 * is withdrawn and counted as updated; one that was withdrawn by hand stays so.
 */
export async function keepFares(tx: Queries, rows: RowsOf<typeof fare>, at: Date): Promise<Upserted> {
  const total = { createdIds: [] as string[], updatedIds: [] as string[] }
  for (let from = 0; from < rows.length; from += 1000) {
    const batch = rows.slice(from, from + 1000)
    const replaced = await withdrawReplaced(tx, batch, at)
    const created = await tx.insert(fare).values(batch).onConflictDoNothing().returning({ fareId: fare.fareId })
    const isNew = batch.filter(({ fareId }) => created.some((one) => one.fareId === fareId))
    for (const row of isNew) (replaced.has(rideOf(row)) ? total.updatedIds : total.createdIds).push(row.fareId)
  }
  return { ...total, unchangedCount: rows.length - total.createdIds.length - total.updatedIds.length }
}

async function withdrawReplaced(tx: Queries, rows: RowsOf<typeof fare>, at: Date): Promise<Set<string>> {
  const gone = await tx
    .update(fare)
    .set({ state: 'WITHDRAWN', withdrawTime: at })
    .where(
      and(
        eq(fare.state, 'ACTIVE'),
        sql`exists (select 1 from jsonb_to_recordset(${JSON.stringify(rows.map(wireRow))}::jsonb)
          as given (tenant_id uuid, fare_id uuid, from_stop_id uuid, to_stop_id uuid, seat_class text, day date)
          where given.tenant_id = ${fare.tenantId} and given.from_stop_id = ${fare.fromStopId}
            and given.to_stop_id = ${fare.toStopId} and given.seat_class = ${fare.seatClass}
            and given.day = ${fare.validFromDate} and given.fare_id <> ${fare.fareId})`,
      ),
    )
    .returning()
  return new Set(gone.map(rideOf))
}

type FareRow = typeof fare.$inferInsert

const wireRow = (row: FareRow) => ({
  tenant_id: row.tenantId,
  fare_id: row.fareId,
  from_stop_id: row.fromStopId,
  to_stop_id: row.toStopId,
  seat_class: row.seatClass,
  day: row.validFromDate,
})

const rideOf = (row: FareRow) => [row.fromStopId, row.toStopId, row.seatClass, row.validFromDate].join(' ')

const nothing: Upserted = { createdIds: [], updatedIds: [], unchangedCount: 0 }

/** The patterns that run on some routes or call at some stops. */
export async function patternsThrough(
  tx: Queries,
  tenantId: string,
  { routeIds, stopIds }: { readonly routeIds: readonly string[]; readonly stopIds: readonly string[] },
): Promise<string[]> {
  const byRoute = await tx
    .select({ patternId: pattern.patternId })
    .from(pattern)
    .where(and(eq(pattern.tenantId, tenantId), inArray(pattern.routeId, [...routeIds])))
  const byStop = await tx
    .selectDistinct({ patternId: patternStop.patternId })
    .from(patternStop)
    .where(and(eq(patternStop.tenantId, tenantId), inArray(patternStop.stopId, [...stopIds])))
  return [...byRoute, ...byStop].map(({ patternId }) => patternId)
}
