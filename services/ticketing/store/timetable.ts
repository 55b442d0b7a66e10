import { type SQL, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { OfferPoint, TimetabledRide } from '../domain/offer.ts'
import type { SeatClass } from '../domain/ride.ts'
import { instant, iso, run } from './query.ts'

/** Stops where a ride may begin and end. */
export type Between = { readonly originIds: readonly string[]; readonly destinationIds: readonly string[] }

type PointJson = {
  sequence: number
  stop_id: string
  stop_name: string
  town: string
  latitude_degrees: number
  longitude_degrees: number
  arrival_seconds: number
  departure_seconds: number
  arrival_time: string
  departure_time: string
}

type RideRow = {
  trip_id: string
  tenant_id: string
  company_name: string
  route_name: string
  headsign: string
  service_date: string
  time_zone: string
  currency: string
  seat_counts: Partial<Record<SeatClass, number>>
  fares: Partial<Record<SeatClass, string>> | null
  delay_minutes: number
  delay_reason: string
  origin: PointJson
  destination: PointJson
}

/** More rides than any passenger reads; a guard, not a page. */
const MOST_RIDES = 1_000

/**
 * CTE `pair`: the calls of each trip between which somebody may ride, on some service dates.
 *
 * Materialized, so that both ends are found by their stops and days whatever the planner thinks of row-level security.
 */
export function pairs({ originIds, destinationIds }: Between, onDates: SQL, leavingAfter: Date): SQL {
  return sql`origin as materialized (
      select * from trip_call where stop_id = any(${sql.param(originIds)}::uuid[]) and ${onDates}
        and pickup_allowed and departure_time > ${iso(leavingAfter)}::timestamptz
    ),
    destination as materialized (
      select * from trip_call where stop_id = any(${sql.param(destinationIds)}::uuid[]) and ${onDates} and drop_off_allowed
    ),
    pair as materialized (
      select o.trip_id, o.service_date, o.sequence as from_sequence, d.sequence as to_sequence,
        to_jsonb(o) as origin, to_jsonb(d) as destination
      from origin o join destination d on d.trip_id = o.trip_id and d.sequence > o.sequence
    )`
}

/** Joins to `pair` what else a ride must be to be sold: it runs, has seats, and its company may sell. */
export const sellable = sql.raw(`join trip t on t.trip_id = p.trip_id and t.seat_counts <> '{}'
    join trip_state s on s.trip_id = p.trip_id and s.state not in ('CANCELLED', 'ARRIVED')
      and not (s.state = 'DEPARTED' and p.from_sequence = 0)
    left join seller x on x.tenant_id = t.tenant_id
    where x.suspended is not true`)

/**
 * The rides of one service date between some stops that leave after an instant, one for each trip.
 *
 * A trip that calls twice in a town is offered from its first call there that has a fare, to the first one after it.
 */
export async function ridesBetween(
  db: Queries,
  between: Between,
  serviceDate: string,
  leavingAfter: Date,
): Promise<TimetabledRide[]> {
  const rows = await run<RideRow>(
    db,
    sql`
    with ${pairs(between, sql`service_date = ${serviceDate}::date`, leavingAfter)}
    select distinct on (t.trip_id) t.trip_id, t.tenant_id, t.company_name, t.route_name, t.headsign, t.service_date,
      t.time_zone, t.currency, t.seat_counts, f.fares, p.origin, p.destination, s.delay_minutes, s.delay_reason
    from pair p
    left join lateral (
      select jsonb_object_agg(f.seat_class, f.price_minor::text) as fares from trip_fare f
      where f.trip_id = p.trip_id and f.from_sequence = p.from_sequence and f.to_sequence = p.to_sequence) f on true
    ${sellable}
    order by t.trip_id, f.fares is null, p.from_sequence, p.to_sequence
    limit ${MOST_RIDES}`,
  )
  return rows.map(rideFrom)
}

/** The next service date after one, within some days, on which a ride leaves between the stops. Undefined when none does. */
export async function nextDateBetween(
  db: Queries,
  between: Between,
  serviceDate: string,
  days: number,
  leavingAfter: Date,
): Promise<string | undefined> {
  const dates = sql`service_date > ${serviceDate}::date and service_date <= ${serviceDate}::date + ${days}::int`
  const [row] = await run<{ next: string | null }>(
    db,
    sql`
    with ${pairs(between, dates, leavingAfter)}
    select min(p.service_date) as next from pair p ${sellable}`,
  )
  return row?.next ?? undefined
}

function rideFrom(row: RideRow): TimetabledRide {
  return {
    tripId: row.trip_id,
    tenantId: row.tenant_id,
    companyName: row.company_name,
    routeName: row.route_name,
    headsign: row.headsign,
    serviceDate: row.service_date,
    timeZone: row.time_zone,
    currency: row.currency,
    origin: pointFrom(row.origin, 'departure'),
    destination: pointFrom(row.destination, 'arrival'),
    seatCounts: row.seat_counts,
    fares: row.fares ?? {},
    delayMinutes: row.delay_minutes,
    delayReason: row.delay_reason,
  }
}

function pointFrom(json: PointJson, end: 'departure' | 'arrival'): OfferPoint {
  return {
    sequence: json.sequence,
    stopId: json.stop_id,
    stopName: json.stop_name,
    town: json.town,
    latitudeDegrees: json.latitude_degrees,
    longitudeDegrees: json.longitude_degrees,
    time: iso(instant(json[`${end}_time`])),
    timeSeconds: json[`${end}_seconds`],
  }
}
