import postgres, { type PendingQuery, type Row, type Sql } from 'postgres'
import { foldName } from '../../services/ticketing/domain/fold.ts'
import type { Network } from './network.ts'

/** How much of it there is to search in. */
export type Timetable = { readonly tripsADay: number; readonly days: number; readonly firstDate: string }

const COMPANIES = 20
const FIRST_DEPARTURE_SECONDS = 5 * 3_600
const DAY_SECONDS = 16 * 3_600
/** Days, from the first, whose trips have sold seats: free seats are counted for every answer. */
const SOLD_DAYS = 7
const SOLD_SEATS = 4

/**
 * Puts a network's trips into the tables that searches read, as the events of as many companies would have: calls, fares,
 * states, places, and seats sold on each trip of the first days. Seats themselves are left out; no search reads them.
 */
export async function seed(databaseUrl: string, network: Network, timetable: Timetable): Promise<number> {
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { search_path: 'ticketing, public', 'app.scope': 'system' },
  })
  try {
    await describe(sql, network)
    await places(sql)
    // A day at a time, so that no statement is longer than a service may ever run one.
    for (let day = 0; day < timetable.days; day++) await trips(sql, network, timetable, day)
    await sales(sql, timetable)
    for (const table of ['place', 'trip', 'trip_state', 'trip_call', 'trip_fare', 'booking', 'seat_claim']) {
      await sql.unsafe(`analyze ${table}`)
    }
    const [row] = await sql<{ trips: number }[]>`select count(*)::int as trips from trip`
    return row?.trips ?? 0
  } finally {
    await sql.end()
  }
}

/** The network as temporary tables, from which days are multiplied. */
async function describe(sql: Sql, { stops, routes }: Network): Promise<void> {
  const stopRows = stops.map((stop) => ({ ...stop, town_key: foldName(stop.town), name_key: foldName(stop.name) }))
  const callRows = routes.flatMap(({ index, calls }) =>
    calls.map(({ stop, seconds }, sequence) => ({ route: index, sequence, stop_id: stop.stopId, seconds })),
  )
  await sql`create temp table net_stop as
    select * from jsonb_to_recordset(${sql.json(stopRows)})
      as s ("stopId" uuid, name text, town text, town_key text, name_key text)`
  await sql`create temp table net_call as
    select c.*, s.name, s.town from jsonb_to_recordset(${sql.json(callRows)})
      as c (route int, sequence int, stop_id uuid, seconds int) join net_stop s on s."stopId" = c.stop_id`
}

async function places(sql: Sql): Promise<void> {
  await sql`insert into place (stop_id, tenant_id, stop_name, town, town_key, name_keys)
    select "stopId", ${company(sql, sql`0`)}, name, town, town_key, array[name_key, town_key] from net_stop`
}

async function trips(sql: Sql, { routes }: Network, { tripsADay, firstDate }: Timetable, day: number): Promise<void> {
  const runs = Math.ceil(tripsADay / routes.length)
  await sql`create temp table run as
    select md5(concat_ws('/', route, n, ${day}::int))::uuid as trip_id, ${company(sql, sql`route % ${COMPANIES}::int`)} as tenant_id,
      route, (${firstDate}::date + ${day}::int) as service_date,
      ${FIRST_DEPARTURE_SECONDS}::int + (n * ${DAY_SECONDS}::int / ${runs}::int) + route % 60 * 60 as start
    from generate_series(0, ${routes.length - 1}::int) route, generate_series(0, ${runs - 1}::int) n
    limit ${tripsADay}::int`
  await sql`insert into trip (trip_id, tenant_id, company_name, route_name, headsign, service_date, time_zone, currency,
      bus_plate, revision, departure_time, arrival_time, seat_counts)
    select trip_id, tenant_id, 'Company ' || route % ${COMPANIES}::int, 'Route ' || route, last_call.town, service_date,
      'Africa/Kigali', 'RWF', 'RAB 123 C', 1, ${instant(sql, sql`start`)},
      ${instant(sql, sql`start + last_call.seconds`)}, '{"STANDARD": 45, "VIP": 4}'
    from run join lateral (select town, seconds from net_call c where c.route = run.route
      order by sequence desc limit 1) last_call on true`
  await sql`insert into trip_state (trip_id, tenant_id, revision, state) select trip_id, tenant_id, 1, 'SCHEDULED' from run`
  await sql`insert into trip_call (trip_id, sequence, tenant_id, service_date, stop_id, stop_name, town, latitude_degrees,
      longitude_degrees, arrival_seconds, departure_seconds, arrival_time, departure_time, pickup_allowed, drop_off_allowed)
    select trip_id, sequence, tenant_id, service_date, stop_id, name, town, -1.9, 30.1, start + seconds, start + seconds,
      ${instant(sql, sql`start + seconds`)}, ${instant(sql, sql`start + seconds`)}, true, true
    from run join net_call using (route)`
  await sql`insert into trip_fare (trip_id, from_sequence, to_sequence, seat_class, tenant_id, price_minor)
    select trip_id, o.sequence, d.sequence, seat_class, tenant_id, 1000 * (d.sequence - o.sequence) + extra
    from run join net_call o using (route) join net_call d on d.route = o.route and d.sequence > o.sequence,
      (values ('STANDARD', 0), ('VIP', 1500)) as class (seat_class, extra)`
  await sql`drop table run`
}

/** One booking of some seats, the whole way, on every trip of the first days. */
async function sales(sql: Sql, { firstDate }: Timetable): Promise<void> {
  await sql`insert into booking (booking_id, tenant_id, user_id, booking_code, trip_id, from_sequence, to_sequence,
      departure_time, state, seat_count, phone, email, language, currency, total_minor, payment_intent_id, fence,
      hold_expire_time, create_time, confirm_time)
    select trip_id, tenant_id, trip_id, left(md5(trip_id::text), 16), trip_id, 0, 1, departure_time, 'CONFIRMED',
      ${SOLD_SEATS}::int, '+250788000001', '', 'rw', 'RWF', 1000, trip_id, 1, departure_time, now(), now()
    from trip where service_date < ${firstDate}::date + ${SOLD_DAYS}::int
      and revision = 1 and route_name like 'Route %'`
  await sql`insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, booking_id, fence)
    select md5(concat_ws('/', trip_id, n))::uuid, tenant_id, trip_id, n || 'A', 'STANDARD', '[0,2)', booking_id, 1
    from booking, generate_series(1, ${SOLD_SEATS}::int) n where fence = 1 and user_id = trip_id`
}

type Fragment = PendingQuery<Row[]>

/** The id of a made-up company by its number. */
function company(sql: Sql, number: Fragment): Fragment {
  return sql`md5('company ' || (${number}))::uuid`
}

/** Seconds of the service day as an instant. */
function instant(sql: Sql, seconds: Fragment): Fragment {
  return sql`((service_date + make_interval(secs => ${seconds})) at time zone 'Africa/Kigali')`
}
