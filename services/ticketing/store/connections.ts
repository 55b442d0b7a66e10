import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { DayFare, SellerLine, Town } from '../domain/connection.ts'
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

/** The days from one on, of some, that have rides between the stops; in the currency that most of a day's are sold in. */
export async function dayFaresBetween(
  db: Queries,
  between: Between,
  firstDate: string,
  days: number,
  leavingAfter: Date,
): Promise<DayFare[]> {
  const dates = sql`service_date >= ${firstDate}::date and service_date < ${firstDate}::date + ${days}::int`
  const rows = await run<DayRow>(
    db,
    sql`
    with ${pairs(between, dates, leavingAfter)}
    select distinct on (service_date) * from (
      select p.service_date, t.currency, count(distinct p.trip_id)::int as trip_count,
        min(f.price_minor)::text as lowest_minor
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
