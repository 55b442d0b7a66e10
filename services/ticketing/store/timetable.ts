import { sql } from 'drizzle-orm'
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
  origin: PointJson
  destination: PointJson
}

/** More rides than any passenger reads; a guard, not a page. */
const MOST_RIDES = 1_000

/** What a ride must be to be sold: gets people on and off, runs, has seats, and its company may sell. */
const sellable = sql.raw(`o.pickup_allowed and d.drop_off_allowed and s.state not in ('CANCELLED', 'ARRIVED')
  and not (s.state = 'DEPARTED' and o.sequence = 0) and t.seat_counts <> '{}' and x.suspended is not true`)

const joined = sql.raw(`from trip_call o
    join trip_call d on d.trip_id = o.trip_id and d.sequence > o.sequence
    join trip t on t.trip_id = o.trip_id
    join trip_state s on s.trip_id = o.trip_id
    left join seller x on x.tenant_id = t.tenant_id`)

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
    select distinct on (t.trip_id) t.trip_id, t.tenant_id, t.company_name, t.route_name, t.headsign, t.service_date,
      t.time_zone, t.currency, t.seat_counts, f.fares, to_jsonb(o) as origin, to_jsonb(d) as destination
    ${joined}
    left join lateral (
      select jsonb_object_agg(f.seat_class, f.price_minor::text) as fares from trip_fare f
      where f.trip_id = o.trip_id and f.from_sequence = o.sequence and f.to_sequence = d.sequence) f on true
    where o.stop_id = any(${sql.param(between.originIds)}::uuid[]) and o.service_date = ${serviceDate}::date
      and d.stop_id = any(${sql.param(between.destinationIds)}::uuid[])
      and o.departure_time > ${iso(leavingAfter)}::timestamptz and ${sellable}
    order by t.trip_id, f.fares is null, o.sequence, d.sequence
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
  const [row] = await run<{ next: string | null }>(
    db,
    sql`
    select min(o.service_date) as next
    ${joined}
    where o.stop_id = any(${sql.param(between.originIds)}::uuid[])
      and o.service_date > ${serviceDate}::date and o.service_date <= ${serviceDate}::date + ${days}::int
      and d.stop_id = any(${sql.param(between.destinationIds)}::uuid[])
      and o.departure_time > ${iso(leavingAfter)}::timestamptz and ${sellable}`,
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
