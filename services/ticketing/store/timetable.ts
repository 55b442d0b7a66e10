import { type SQL, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { ListedRide, OfferFares } from '../domain/offer.ts'
import type { SeatClass } from '../domain/ride.ts'
import { iso, run } from './query.ts'

/** Stops where a ride may begin and end. */
export type Between = { readonly originIds: readonly string[]; readonly destinationIds: readonly string[] }

/** More rides than any passenger reads; a guard, not a page. */
const MOST_RIDES = 1_000

/**
 * CTE `pair`: the calls of each trip between which somebody may ride, on some service dates.
 *
 * Materialized, so that both ends are found by their stops and days whatever the planner thinks of row-level security.
 * Of a call it reads what finds rides: whoever shows one reads the rest of its few calls.
 */
export function pairs({ originIds, destinationIds }: Between, onDates: SQL, leavingAfter: Date): SQL {
  return sql`origin as materialized (
      select trip_id, sequence, service_date, stop_id, departure_time from trip_call
      where stop_id = any(${sql.param(originIds)}::uuid[]) and ${onDates}
        and pickup_allowed and departure_time > ${iso(leavingAfter)}::timestamptz
    ),
    destination as materialized (
      select trip_id, sequence, stop_id, arrival_time from trip_call
      where stop_id = any(${sql.param(destinationIds)}::uuid[]) and ${onDates} and drop_off_allowed
    ),
    pair as materialized (
      select o.trip_id, o.service_date, o.sequence as from_sequence, d.sequence as to_sequence,
        o.stop_id as from_stop_id, d.stop_id as to_stop_id, o.departure_time, d.arrival_time
      from origin o join destination d on d.trip_id = o.trip_id and d.sequence > o.sequence
    )`
}

/** What else a ride must be to be sold: its trip `t` runs, in state `s`, has seats, and its company `x` may sell. */
export const onSale = (fromSequence: SQL) => sql`t.seat_counts <> '{}' and s.state not in ('CANCELLED', 'ARRIVED')
  and not (s.state = 'DEPARTED' and ${fromSequence} = 0) and x.suspended is not true`

/** Joins to `pair` what decides whether a ride is sold, and keeps those that are. */
export const sellable = sql`join trip t on t.trip_id = p.trip_id
    join trip_state s on s.trip_id = p.trip_id
    left join seller x on x.tenant_id = t.tenant_id
    where ${onSale(sql`p.from_sequence`)}`

type ListedRow = {
  trip_id: string
  from_sequence: number
  to_sequence: number
  leaves: number
  arrives: number
  seat_counts: Partial<Record<SeatClass, number>>
}

const listed = sql`t.trip_id, p.from_sequence, p.to_sequence, extract(epoch from p.departure_time)::float8 as leaves,
  extract(epoch from p.arrival_time)::float8 as arrives, t.seat_counts`

/**
 * The rides of one service date between some stops that leave after an instant, one for each trip, and who sells them.
 *
 * A trip that calls twice in a town is offered from its first call there that has a fare, to the first one after it.
 */
export async function ridesBetween(
  db: Queries,
  between: Between,
  serviceDate: string,
  leavingAfter: Date,
): Promise<{ readonly rides: ListedRide[]; readonly tenantIds: string[] }> {
  const rows = await run<ListedRow & { tenant_id: string }>(
    db,
    sql`
    with ${pairs(between, sql`service_date = ${serviceDate}::date`, leavingAfter)},
    -- Few trips leave a choice of calls; only of those it is asked which has a fare.
    choice as materialized (select trip_id from pair group by trip_id having count(*) > 1)
    select distinct on (t.trip_id) ${listed}, t.tenant_id
    from pair p ${sellable}
    order by t.trip_id, p.trip_id in (select trip_id from choice) and not exists (select from trip_fare f
      where f.trip_id = p.trip_id and f.from_sequence = p.from_sequence and f.to_sequence = p.to_sequence),
      p.from_sequence, p.to_sequence
    limit ${MOST_RIDES}`,
  )
  return { rides: rows.map(listedFrom), tenantIds: [...new Set(rows.map((row) => row.tenant_id))] }
}

/** A ride of a list with what its company asks for it: its terms say the rest. */
export type TariffedRide = ListedRide & {
  readonly tenantId: string
  readonly serviceDate: string
  readonly currency: string
  readonly fromStopId: string
  readonly toStopId: string
  readonly fares: OfferFares
}

type TariffedRow = ListedRow & {
  tenant_id: string
  service_date: string
  currency: string
  from_stop_id: string
  to_stop_id: string
  fares: OfferFares | null
}

/** As {@link ridesBetween} with fares: dearer to read, and needed only where rides are sorted by them. */
export async function tariffedRidesBetween(
  db: Queries,
  between: Between,
  serviceDate: string,
  leavingAfter: Date,
): Promise<TariffedRide[]> {
  const rows = await run<TariffedRow>(
    db,
    sql`
    with ${pairs(between, sql`service_date = ${serviceDate}::date`, leavingAfter)}
    select distinct on (t.trip_id) ${listed}, t.tenant_id, t.service_date, t.currency, p.from_stop_id, p.to_stop_id, f.fares
    from pair p
    left join lateral (
      select jsonb_object_agg(f.seat_class, f.price_minor::text) as fares from trip_fare f
      where f.trip_id = p.trip_id and f.from_sequence = p.from_sequence and f.to_sequence = p.to_sequence) f on true
    ${sellable}
    order by t.trip_id, f.fares is null, p.from_sequence, p.to_sequence
    limit ${MOST_RIDES}`,
  )
  return rows.map((row) => ({
    ...listedFrom(row),
    tenantId: row.tenant_id,
    serviceDate: row.service_date,
    currency: row.currency,
    fromStopId: row.from_stop_id,
    toStopId: row.to_stop_id,
    fares: row.fares ?? {},
  }))
}

function listedFrom(row: ListedRow): ListedRide {
  return {
    tripId: row.trip_id,
    from: row.from_sequence,
    to: row.to_sequence,
    leaves: row.leaves,
    arrives: row.arrives,
    classes: Object.keys(row.seat_counts) as SeatClass[],
  }
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
