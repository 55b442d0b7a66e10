import { and, asc, eq, exists, gt, gte, inArray, isNull, lte, type SQL, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { departureKey } from '../domain/trips_due.ts'
import { editableStates, type TripStateName } from '../domain/trip_state.ts'
import { driverAssignment, patternStop, trip } from './schema.ts'

/** A dated trip as it is kept. */
export type TripRow = typeof trip.$inferSelect

/** Where a page of trips goes on. */
export type TripCursor = { readonly departureTime: string; readonly tripId: string }

/** The departures of a service date that have their trip, as {@link departureKey} names them. */
export async function departuresMade(tx: Queries, tenantId: string, serviceDate: string): Promise<Set<string>> {
  const rows = await tx
    .select({ scheduleId: trip.scheduleId, startSeconds: trip.startSeconds })
    .from(trip)
    .where(and(eq(trip.tenantId, tenantId), eq(trip.serviceDate, serviceDate)))
  return new Set(rows.map((row) => departureKey(row.scheduleId, row.startSeconds)))
}

/**
 * Writes new trips in one statement. Returns those written.
 *
 * Left out are departures that have their trip already, and trips whose bus is on another one at that time. The rows go
 * as one parameter: building a statement of ten thousand takes longer than running it.
 */
export async function insertTrips(tx: Queries, rows: readonly TripRow[]): Promise<TripRow[]> {
  const given = rows.map(({ revision: _, ...row }) => row)
  const written = await tx.execute<{ trip_id: string }>(sql`
    insert into trip (tenant_id, trip_id, schedule_id, route_id, pattern_id, profile_id, headsign, service_date,
      start_seconds, time_zone, departure_time, arrival_time, turn_end_time, bus_id, layout_id, state, revision,
      cancel_reason, create_time, update_time)
    select "tenantId", "tripId", "scheduleId", "routeId", "patternId", "profileId", headsign, "serviceDate",
      "startSeconds", "timeZone", "departureTime", "arrivalTime", "turnEndTime", "busId", "layoutId", state, 1,
      "cancelReason", "createTime", "updateTime"
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given ("tenantId" uuid, "tripId" uuid,
      "scheduleId" uuid, "routeId" uuid, "patternId" uuid, "profileId" uuid, headsign text, "serviceDate" date,
      "startSeconds" int, "timeZone" text, "departureTime" timestamptz, "arrivalTime" timestamptz,
      "turnEndTime" timestamptz, "busId" uuid, "layoutId" uuid, state text, "cancelReason" text, "createTime" timestamptz, "updateTime" timestamptz)
    on conflict do nothing
    returning trip_id`)
  const ids = new Set(written.map(({ trip_id: tripId }) => tripId))
  return rows.filter(({ tripId }) => ids.has(tripId))
}

/** A trip; undefined when the company has none of that id. */
export async function findTrip(tx: Queries, tenantId: string, tripId: string): Promise<TripRow | undefined> {
  const rows = await tx.select().from(trip).where(idIs(tenantId, tripId))
  return rows[0]
}

/** As {@link findTrip}; other transactions wait until this one is over before they change the trip. */
export async function lockTrip(tx: Queries, tenantId: string, tripId: string): Promise<TripRow | undefined> {
  const rows = await tx.select().from(trip).where(idIs(tenantId, tripId)).for('update')
  return rows[0]
}

/** What of a trip can change. */
export type TripChange = Pick<
  TripRow,
  | 'state'
  | 'busId'
  | 'layoutId'
  | 'cancelReason'
  | 'shiftSeconds'
  | 'departureTime'
  | 'arrivalTime'
  | 'turnEndTime'
  | 'delayMinutes'
  | 'delayReason'
>

/** Changes a trip and counts its revision up. */
export async function updateTrip(
  tx: Queries,
  { tenantId, tripId }: TripRow,
  change: Partial<TripChange>,
  at: Date,
): Promise<TripRow> {
  const rows = await tx
    .update(trip)
    .set({ ...change, updateTime: at, revision: sql`${trip.revision} + 1` })
    .where(idIs(tenantId, tripId))
    .returning()
  return rows[0]!
}

/** What of a company's trips has become untrue: those that run on some patterns, or call at some stops. */
export type Touched = {
  readonly patternIds?: readonly string[]
  readonly stopIds?: readonly string[]
  readonly routeIds?: readonly string[]
  /** Only service dates from this one on. */
  readonly fromDate?: string | undefined
}

/** Counts up the revision of every touched trip that has not departed and is not over by its timetable. Returns them. */
export function reviseTrips(tx: Queries, tenantId: string, touched: Touched, at: Date): Promise<TripRow[]> {
  const { patternIds, stopIds, routeIds, fromDate } = touched
  return tx
    .update(trip)
    .set({ updateTime: at, revision: sql`${trip.revision} + 1` })
    .where(
      and(
        eq(trip.tenantId, tenantId),
        inArray(trip.state, [...editableStates]),
        gte(trip.arrivalTime, at),
        patternIds && inArray(trip.patternId, [...patternIds]),
        routeIds && inArray(trip.routeId, [...routeIds]),
        stopIds && callsAt(tx, tenantId, stopIds),
        fromDate === undefined ? undefined : gte(trip.serviceDate, fromDate),
      ),
    )
    .returning()
}

function callsAt(tx: Queries, tenantId: string, stopIds: readonly string[]): SQL {
  return inArray(
    trip.patternId,
    tx
      .select({ patternId: patternStop.patternId })
      .from(patternStop)
      .where(and(eq(patternStop.tenantId, tenantId), inArray(patternStop.stopId, [...stopIds]))),
  )
}

/** Which trips a list shows. */
export type TripFilter = {
  readonly fromDate: string | undefined
  readonly toDate: string | undefined
  readonly routeId: string | undefined
  readonly scheduleId: string | undefined
  readonly state: TripStateName | undefined
  readonly busId: string | undefined
  readonly driverUserId: string | undefined
  readonly limit: number
  readonly after: TripCursor | undefined
}

/** A page of trips by departure. */
export function listTrips(tx: Queries, tenantId: string, filter: TripFilter): Promise<TripRow[]> {
  const { fromDate, toDate, routeId, scheduleId, state, busId, driverUserId, limit, after } = filter
  return tx
    .select()
    .from(trip)
    .where(
      and(
        eq(trip.tenantId, tenantId),
        fromDate === undefined ? undefined : gte(trip.serviceDate, fromDate),
        toDate === undefined ? undefined : lte(trip.serviceDate, toDate),
        routeId === undefined ? undefined : eq(trip.routeId, routeId),
        scheduleId === undefined ? undefined : eq(trip.scheduleId, scheduleId),
        state && eq(trip.state, state),
        busId === undefined ? undefined : eq(trip.busId, busId),
        driverUserId === undefined ? undefined : drivenBy(tx, driverUserId),
        after &&
          gt(
            sql`(${trip.departureTime}, ${trip.tripId})`,
            sql`(${after.departureTime}::timestamptz, ${after.tripId}::uuid)`,
          ),
      ),
    )
    .orderBy(asc(trip.departureTime), asc(trip.tripId))
    .limit(limit)
}

function drivenBy(tx: Queries, driverUserId: string): SQL {
  return exists(
    tx
      .select({ one: sql`1` })
      .from(driverAssignment)
      .where(
        and(
          eq(driverAssignment.tenantId, trip.tenantId),
          eq(driverAssignment.tripId, trip.tripId),
          eq(driverAssignment.driverUserId, driverUserId),
          isNull(driverAssignment.releaseTime),
        ),
      ),
  )
}

const idIs = (tenantId: string, tripId: string) => and(eq(trip.tenantId, tenantId), eq(trip.tripId, tripId))
