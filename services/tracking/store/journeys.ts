import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { TripState } from '../domain/duty.ts'
import { iso, run } from './query.ts'

/** A call of a trip at a stop, at instants. */
export type Call = {
  readonly sequence: number
  readonly stopId: string
  /** Missing in trips that were copied before names were kept. */
  readonly stopName?: string
  readonly town?: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly arrivalMs: number
  readonly departureMs: number
}

/** What of a trip its arrivals and feeds are made from. */
export type Journey = {
  readonly tripId: string
  readonly tenantId: string
  readonly revision: string
  readonly companySlug: string
  readonly routeId: string
  readonly scheduleId: string
  readonly patternId: string | undefined
  readonly serviceDate: string
  readonly timeZone: string
  readonly busId: string | undefined
  readonly busPlate: string
  readonly state: TripState
  readonly calls: readonly Call[]
}

/** Keeps whose plan a copied trip follows, unless a newer one is here. */
export async function copyPlan(
  tx: Tx,
  plan: Omit<Journey, 'state' | 'busId' | 'busPlate' | 'revision' | 'routeId' | 'calls'> & {
    readonly revision: bigint
  },
): Promise<void> {
  await run(
    tx,
    sql`
    update trip set company_slug = ${plan.companySlug}, schedule_id = ${plan.scheduleId},
      pattern_id = ${plan.patternId ?? null}, service_date = ${plan.serviceDate}, time_zone = ${plan.timeZone}
    where trip_id = ${plan.tripId} and revision = ${plan.revision}`,
  )
}

type Row = {
  trip_id: string
  tenant_id: string
  revision: string
  company_slug: string
  route_id: string
  schedule_id: string
  pattern_id: string | null
  service_date: string
  time_zone: string
  bus_id: string | null
  bus_plate: string
  state: TripState
  calls: Call[]
}

const fromRow = (row: Row): Journey => ({
  tripId: row.trip_id,
  tenantId: row.tenant_id,
  revision: row.revision,
  companySlug: row.company_slug,
  routeId: row.route_id,
  scheduleId: row.schedule_id,
  patternId: row.pattern_id ?? undefined,
  serviceDate: row.service_date,
  timeZone: row.time_zone,
  busId: row.bus_id ?? undefined,
  busPlate: row.bus_plate,
  state: row.state,
  calls: row.calls,
})

const COLUMNS = sql.raw(
  `t.trip_id, t.tenant_id, t.revision, t.company_slug, t.route_id, t.schedule_id, t.pattern_id, t.service_date, t.time_zone,
   t.bus_id, t.bus_plate, s.state, t.calls`,
)

/** Some trips whose plan is known; others are left out. */
export async function journeysOf(db: Queries, tripIds: readonly string[]): Promise<Journey[]> {
  if (tripIds.length === 0) return []
  const rows = await run<Row>(
    db,
    sql`
    select ${COLUMNS} from trip t join trip_state s using (trip_id)
    where t.trip_id = any (${`{${tripIds.join(',')}}`}::uuid[]) and t.schedule_id is not null`,
  )
  return rows.map(fromRow)
}

/** Trips of a company that do not run, of those that would be on the road around now. */
export async function cancelledJourneys(db: Queries, tenantId: string, now: Date): Promise<Journey[]> {
  const rows = await run<Row>(
    db,
    sql`
    select ${COLUMNS} from trip t join trip_state s using (trip_id)
    where t.tenant_id = ${tenantId} and s.state = 'CANCELLED' and t.schedule_id is not null
      and t.arrival_time > ${iso(now)} and t.departure_time < ${iso(new Date(now.getTime() + 86_400_000))}
    order by t.departure_time, t.trip_id limit 500`,
  )
  return rows.map(fromRow)
}

/** Trips that arrived and were not learnt from, the oldest first. */
export async function unlearntJourneys(db: Queries, arrivedBefore: Date, limit: number): Promise<Journey[]> {
  const rows = await run<Row>(
    db,
    sql`
    select ${COLUMNS} from trip t join trip_state s using (trip_id)
    where t.learn_time is null and t.schedule_id is not null and s.state = 'ARRIVED'
      and s.change_time < ${iso(arrivedBefore)}
    order by t.arrival_time limit ${limit}`,
  )
  return rows.map(fromRow)
}

/** The path of a pattern; undefined when it was not asked for yet. */
export async function findPath(db: Queries, patternId: string): Promise<string | undefined> {
  const [row] = await run<{ path_polyline: string }>(
    db,
    sql`select path_polyline from pattern_path where pattern_id = ${patternId}`,
  )
  return row?.path_polyline
}

/** Keeps the path of a pattern. */
export async function keepPath(tx: Tx, tenantId: string, patternId: string, path: string): Promise<void> {
  await run(
    tx,
    sql`
    insert into pattern_path (pattern_id, tenant_id, path_polyline) values (${patternId}, ${tenantId}, ${path})
    on conflict (pattern_id) do update set path_polyline = excluded.path_polyline`,
  )
}
