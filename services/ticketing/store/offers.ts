import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { rangeText } from '../domain/legs.ts'
import type { ListedRide, OfferedRide, OfferFares } from '../domain/offer.ts'
import type { SeatClass } from '../domain/ride.ts'
import { live } from './availability.ts'
import { instant, run } from './query.ts'
import { type Between, onSale } from './timetable.ts'

type OfferRow = {
  trip_id: string
  tenant_id: string
  company_name: string
  route_name: string
  headsign: string
  service_date: string
  time_zone: string
  currency: string
  seat_counts: Partial<Record<SeatClass, number>>
  delay_minutes: number
  delay_reason: string
  o_sequence: number
  o_stop_id: string
  o_stop_name: string
  o_town: string
  o_latitude: number
  o_longitude: number
  o_seconds: number
  o_time: string
  d_sequence: number
  d_stop_id: string
  d_stop_name: string
  d_town: string
  d_latitude: number
  d_longitude: number
  d_seconds: number
  d_time: string
  fares: OfferFares | null
  taken: Partial<Record<SeatClass, number>> | null
}

/**
 * Some rides of a list as they are at this moment, in the order of the list: what is shown of them, and the seats of each
 * class that are not to be had on some leg. A ride that is not sold any more, or not between these stops, is left out.
 */
export async function offersOf(
  db: Queries,
  { originIds, destinationIds }: Between,
  rides: readonly ListedRide[],
  now: Date,
): Promise<OfferedRide[]> {
  if (rides.length === 0) return []
  const asked = JSON.stringify(
    rides.map(({ tripId, from, to }, place) => ({ place, trip_id: tripId, from, to, legs: rangeText({ from, to }) })),
  )
  const rows = await run<OfferRow>(
    db,
    sql`
    select t.trip_id, t.tenant_id, t.company_name, t.route_name, t.headsign, t.service_date, t.time_zone, t.currency,
      t.seat_counts, s.delay_minutes, s.delay_reason,
      o.sequence as o_sequence, o.stop_id as o_stop_id, o.stop_name as o_stop_name, o.town as o_town,
      o.latitude_degrees as o_latitude, o.longitude_degrees as o_longitude,
      o.departure_seconds as o_seconds, o.departure_time as o_time,
      d.sequence as d_sequence, d.stop_id as d_stop_id, d.stop_name as d_stop_name, d.town as d_town,
      d.latitude_degrees as d_latitude, d.longitude_degrees as d_longitude,
      d.arrival_seconds as d_seconds, d.arrival_time as d_time,
      (select jsonb_object_agg(f.seat_class, f.price_minor::text) from trip_fare f
        where f.trip_id = r.trip_id and f.from_sequence = r.from and f.to_sequence = r.to) as fares,
      -- Each trip's claims are looked up, and nobody else's are read.
      (select jsonb_object_agg(c.seat_class, c.seats) from (
        select c.seat_class, count(distinct c.seat_label) as seats from seat_claim c
        where c.trip_id = r.trip_id and c.legs && r.legs::int4range and ${live(now)}
        group by c.seat_class) c) as taken
    from jsonb_to_recordset(${asked}::jsonb) as r (place int, trip_id uuid, "from" int, "to" int, legs text)
    join trip t on t.trip_id = r.trip_id
    join trip_state s on s.trip_id = r.trip_id
    join trip_call o on o.trip_id = r.trip_id and o.sequence = r.from
      and o.pickup_allowed and o.stop_id = any(${sql.param(originIds)}::uuid[])
    join trip_call d on d.trip_id = r.trip_id and d.sequence = r.to
      and d.drop_off_allowed and d.stop_id = any(${sql.param(destinationIds)}::uuid[])
    left join seller x on x.tenant_id = t.tenant_id
    where ${onSale(sql`r.from`)}
    order by r.place`,
  )
  return rows.map(offerFrom)
}

function offerFrom(row: OfferRow): OfferedRide {
  return {
    tripId: row.trip_id,
    tenantId: row.tenant_id,
    companyName: row.company_name,
    routeName: row.route_name,
    headsign: row.headsign,
    serviceDate: row.service_date,
    timeZone: row.time_zone,
    currency: row.currency,
    origin: {
      ...{ sequence: row.o_sequence, stopId: row.o_stop_id, stopName: row.o_stop_name, town: row.o_town },
      ...{ latitudeDegrees: row.o_latitude, longitudeDegrees: row.o_longitude },
      ...{ time: instant(row.o_time), timeSeconds: row.o_seconds },
    },
    destination: {
      ...{ sequence: row.d_sequence, stopId: row.d_stop_id, stopName: row.d_stop_name, town: row.d_town },
      ...{ latitudeDegrees: row.d_latitude, longitudeDegrees: row.d_longitude },
      ...{ time: instant(row.d_time), timeSeconds: row.d_seconds },
    },
    seatCounts: row.seat_counts,
    taken: row.taken ?? {},
    fares: row.fares ?? {},
    delayMinutes: row.delay_minutes,
    delayReason: row.delay_reason,
  }
}
