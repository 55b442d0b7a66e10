import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { DayFare, SellerLine, Town } from '../domain/connection.ts'
import type { SeatClass } from '../domain/ride.ts'
import { iso, run } from './query.ts'
import { type Between, pairs, sellable } from './timetable.ts'

/** The trips that can be bought and leave within two instants. */
const running = (from: Date, until: Date) => sql`running as materialized (
      select t.trip_id, t.tenant_id, t.company_name, t.currency from trip t
      join trip_state s on s.trip_id = t.trip_id and s.state not in ('DEPARTED', 'ARRIVED', 'CANCELLED')
      left join seller x on x.tenant_id = t.tenant_id
      where t.departure_time > ${iso(from)}::timestamptz and t.departure_time <= ${iso(until)}::timestamptz
        and t.seat_counts <> '{}' and x.suspended is not true
    )`

type LineRow = {
  origin_town: string
  destination_town: string
  tenant_id: string
  company_name: string
  currency: string
  trip_count: number
  shortest_seconds: number
  lowest_minor: string | null
}

/** Who drives between which towns on trips that leave within two instants. Stops that are in no town are left out. */
export async function sellerLines(db: Queries, from: Date, until: Date): Promise<SellerLine[]> {
  const rows = await run<LineRow>(
    db,
    sql`
    with ${running(from, until)}
    select o.town as origin_town, d.town as destination_town, t.tenant_id, max(t.company_name) as company_name, t.currency,
      count(distinct t.trip_id)::int as trip_count,
      min(extract(epoch from d.arrival_time - o.departure_time))::int as shortest_seconds,
      min(f.price_minor)::text as lowest_minor
    from running t
    join trip_call o on o.trip_id = t.trip_id and o.pickup_allowed and o.town <> ''
    join trip_call d on d.trip_id = t.trip_id and d.sequence > o.sequence and d.drop_off_allowed and d.town not in ('', o.town)
    left join trip_fare f on f.trip_id = t.trip_id and f.from_sequence = o.sequence and f.to_sequence = d.sequence
    group by o.town, d.town, t.tenant_id, t.currency`,
  )
  return rows.map((row) => ({
    originTown: row.origin_town,
    destinationTown: row.destination_town,
    tenantId: row.tenant_id,
    companyName: row.company_name,
    currency: row.currency,
    tripCount: row.trip_count,
    shortestSeconds: row.shortest_seconds,
    lowestMinor: row.lowest_minor,
  }))
}

type TownRow = { town: string; latitude_degrees: number; longitude_degrees: number }

/** The towns that trips call at which leave within two instants, those with the most trips first. */
export async function townsCalledAt(db: Queries, from: Date, until: Date, limit: number): Promise<Town[]> {
  const rows = await run<TownRow>(
    db,
    sql`
    with ${running(from, until)}
    select c.town, avg(c.latitude_degrees) as latitude_degrees, avg(c.longitude_degrees) as longitude_degrees
    from running t join trip_call c on c.trip_id = t.trip_id and c.town <> ''
    group by c.town order by count(distinct t.trip_id) desc, c.town limit ${limit}`,
  )
  return rows.map((row) => ({
    name: row.town,
    location: { latitudeDegrees: row.latitude_degrees, longitudeDegrees: row.longitude_degrees },
  }))
}

type DayRow = { service_date: string; currency: string; trip_count: number; lowest_minor: string | null }

/**
 * The days from one on, of some, that have rides between the stops; in the currency that most of a day's are sold in.
 *
 * @param ruledIds companies whose fares their terms change: {@link ruledDayParts} has those
 */
export async function dayFaresBetween(
  db: Queries,
  between: Between,
  firstDate: string,
  days: number,
  leavingAfter: Date,
  ruledIds: readonly string[],
): Promise<DayFare[]> {
  const dates = sql`service_date >= ${firstDate}::date and service_date < ${firstDate}::date + ${days}::int`
  const rows = await run<DayRow>(
    db,
    sql`
    with ${pairs(between, dates, leavingAfter)}
    select distinct on (service_date) * from (
      select p.service_date, t.currency, count(distinct p.trip_id)::int as trip_count,
        (min(f.price_minor) filter (where t.tenant_id <> all(${sql.param(ruledIds)}::uuid[])))::text as lowest_minor
      from pair p
      left join trip_fare f
        on f.trip_id = p.trip_id and f.from_sequence = p.from_sequence and f.to_sequence = p.to_sequence
      ${sellable}
      group by p.service_date, t.currency) by_currency
    order by service_date, trip_count desc, currency`,
  )
  return rows.map((row) => ({
    serviceDate: row.service_date,
    currency: row.currency,
    tripCount: row.trip_count,
    lowestMinor: row.lowest_minor,
  }))
}

/** The fare of a part of trips of one day, of a company whose terms change it. */
export type RuledPart = {
  readonly tenantId: string
  readonly currency: string
  readonly serviceDate: string
  readonly originTown: string
  readonly destinationTown: string
  readonly fromStopId: string
  readonly toStopId: string
  readonly seatClass: SeatClass
  readonly minor: bigint
}

type PartRow = {
  tenant_id: string
  currency: string
  service_date: string
  origin_town: string
  destination_town: string
  from_stop_id: string
  to_stop_id: string
  seat_class: SeatClass
  minor: string
}

const partColumns = sql.raw(`t.tenant_id, t.currency, t.service_date::text, o.town as origin_town,
  d.town as destination_town, o.stop_id as from_stop_id, d.stop_id as to_stop_id, f.seat_class,
  min(f.price_minor)::text as minor`)
const byPart = sql.raw('group by 1, 2, 3, 4, 5, 6, 7, 8')

/** The fares of some companies on trips that leave within two instants, by day, stops and class. */
export async function ruledParts(
  db: Queries,
  tenantIds: readonly string[],
  from: Date,
  until: Date,
): Promise<RuledPart[]> {
  if (tenantIds.length === 0) return []
  const rows = await run<PartRow>(
    db,
    sql`select ${partColumns} from trip t
      join trip_call o on o.trip_id = t.trip_id and o.pickup_allowed
      join trip_call d on d.trip_id = t.trip_id and d.sequence > o.sequence and d.drop_off_allowed
      join trip_fare f on f.trip_id = t.trip_id and f.from_sequence = o.sequence and f.to_sequence = d.sequence
      where t.tenant_id = any(${sql.param(tenantIds)}::uuid[])
        and t.departure_time > ${iso(from)}::timestamptz and t.departure_time <= ${iso(until)}::timestamptz ${byPart}`,
  )
  return rows.map(partFrom)
}

/** As {@link ruledParts}, of the rides of {@link dayFaresBetween}. */
export async function ruledDayParts(
  db: Queries,
  between: Between,
  firstDate: string,
  days: number,
  leavingAfter: Date,
  tenantIds: readonly string[],
): Promise<RuledPart[]> {
  if (tenantIds.length === 0) return []
  const dates = sql`service_date >= ${firstDate}::date and service_date < ${firstDate}::date + ${days}::int`
  const rows = await run<PartRow>(
    db,
    sql`with ${pairs(between, dates, leavingAfter)}
      select ${partColumns} from pair p
      join trip_call o on o.trip_id = p.trip_id and o.sequence = p.from_sequence
      join trip_call d on d.trip_id = p.trip_id and d.sequence = p.to_sequence
      join trip_fare f on f.trip_id = p.trip_id and f.from_sequence = p.from_sequence and f.to_sequence = p.to_sequence
      ${sellable} and t.tenant_id = any(${sql.param(tenantIds)}::uuid[]) ${byPart}`,
  )
  return rows.map(partFrom)
}

function partFrom(row: PartRow): RuledPart {
  return {
    tenantId: row.tenant_id,
    currency: row.currency,
    serviceDate: row.service_date,
    originTown: row.origin_town,
    destinationTown: row.destination_town,
    fromStopId: row.from_stop_id,
    toStopId: row.to_stop_id,
    seatClass: row.seat_class,
    minor: BigInt(row.minor),
  }
}
