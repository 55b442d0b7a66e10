import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { Legs } from '../domain/legs.ts'
import type { Call, Fares, Ride, RideForSale, Seat, SeatClass, TripFacts, TripState } from '../domain/ride.ts'
import { defaultTerms } from '../domain/sales_terms.ts'
import { instant, run } from './query.ts'
import { termsFromJson, type TermsJson } from './sales_terms.ts'

/** A call as PostgreSQL writes it into JSON. */
type CallJson = {
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
  pickup_allowed: boolean
  drop_off_allowed: boolean
}

type FactsRow = {
  trip_id: string
  tenant_id: string
  company_name: string
  route_name: string
  headsign: string
  service_date: string
  time_zone: string
  currency: string
  bus_plate: string
  arrival_time: string
  delay_minutes: number
}

type SeatJson = { seat_label: string; seat_class: SeatClass; deck: number; seat_row: number; seat_column: number }

type SaleRow = FactsRow & {
  revision: string
  state: TripState
  suspended: boolean
  origin: CallJson | null
  destination: CallJson | null
  fares: Partial<Record<SeatClass, string>>
  seats: SeatJson[]
  terms: TermsJson | null
}

/** What is known of a ride that somebody names; a call that the trip does not make is undefined. */
export type NamedRide = Omit<RideForSale, 'origin' | 'destination'> & {
  readonly origin: Call | undefined
  readonly destination: Call | undefined
}

const facts = sql.raw(`t.trip_id, t.tenant_id, t.company_name, t.route_name, t.headsign, t.service_date, t.time_zone,
  t.currency, t.bus_plate, t.arrival_time, s.delay_minutes`)

/**
 * A ride with all that decides about its sale. Undefined when there is no such trip.
 *
 * @param labels the seats to read; all of them when left out
 */
export async function readRide(
  db: Queries,
  tripId: string,
  legs: Legs,
  labels?: readonly string[],
): Promise<NamedRide | undefined> {
  const wanted = sql`${sql.param(labels ?? null)}::text[]`
  const [row] = await run<SaleRow>(
    db,
    sql`
    select ${facts}, t.revision, s.state, coalesce(x.suspended, false) as suspended,
      to_jsonb(o) as origin, to_jsonb(d) as destination,
      (select m.terms from sales_terms m where m.tenant_id = t.tenant_id order by m.version desc limit 1) as terms,
      (select coalesce(jsonb_object_agg(f.seat_class, f.price_minor::text), '{}') from trip_fare f
        where f.trip_id = t.trip_id and f.from_sequence = o.sequence and f.to_sequence = d.sequence) as fares,
      (select coalesce(jsonb_agg(to_jsonb(z) order by z.deck, z.seat_row, z.seat_column), '[]') from trip_seat z
        where z.trip_id = t.trip_id and (${wanted} is null or z.seat_label = any(${wanted}))) as seats
    from trip t
    join trip_state s on s.trip_id = t.trip_id
    left join seller x on x.tenant_id = t.tenant_id
    left join trip_call o on o.trip_id = t.trip_id and o.sequence = ${legs.from}
    left join trip_call d on d.trip_id = t.trip_id and d.sequence = ${legs.to}
    where t.trip_id = ${tripId}`,
  )
  return row && namedRide(row)
}

function namedRide(row: SaleRow): NamedRide {
  return {
    trip: factsFrom(row),
    origin: row.origin ? callFrom(row.origin) : undefined,
    destination: row.destination ? callFrom(row.destination) : undefined,
    state: row.state,
    suspended: row.suspended,
    revision: BigInt(row.revision),
    fares: faresFrom(row.fares),
    seats: row.seats.map(seatFrom),
    terms: row.terms ? termsFromJson(row.terms) : defaultTerms,
  }
}

/** As {@link readRide} for a booking, without seats. @throws when the trip no longer makes one of its calls, which cannot be */
export async function rideForSaleOf(db: Queries, part: RidePart): Promise<RideForSale> {
  const ride = await readRide(db, part.tripId, { from: part.fromSequence, to: part.toSequence }, [])
  if (!ride?.origin || !ride.destination) throw new Error('a booking names a call that its trip no longer makes')
  const { origin, destination } = ride
  return { ...ride, origin, destination }
}

/** A part of a trip: what a booking says about its ride. */
export type RidePart = { readonly tripId: string; readonly fromSequence: number; readonly toSequence: number }

/** The rides of some bookings as the timetable tells them now, in the order asked for. @throws when a trip is gone, which cannot be */
export async function ridesOf(db: Queries, parts: readonly RidePart[]): Promise<Ride[]> {
  if (parts.length === 0) return []
  const rows = await run<FactsRow & { place: number; origin: CallJson; destination: CallJson }>(
    db,
    sql`
    select p.place, ${facts}, to_jsonb(o) as origin, to_jsonb(d) as destination
    from jsonb_to_recordset(${partsJson(parts)}::jsonb) as p (place int, trip_id uuid, from_sequence int, to_sequence int)
    join trip t on t.trip_id = p.trip_id
    join trip_state s on s.trip_id = p.trip_id
    join trip_call o on o.trip_id = p.trip_id and o.sequence = p.from_sequence
    join trip_call d on d.trip_id = p.trip_id and d.sequence = p.to_sequence
    order by p.place`,
  )
  if (rows.length !== parts.length) throw new Error('a booking names a call that its trip no longer makes')
  return rows.map(rideFrom)
}

function partsJson(parts: readonly RidePart[]): string {
  return JSON.stringify(
    parts.map((part, place) => ({
      place,
      trip_id: part.tripId,
      from_sequence: part.fromSequence,
      to_sequence: part.toSequence,
    })),
  )
}

/** The ride of one booking. */
export async function rideOf(db: Queries, part: RidePart): Promise<Ride> {
  const [ride] = await ridesOf(db, [part])
  return ride!
}

function rideFrom(row: FactsRow & { origin: CallJson; destination: CallJson }): Ride {
  return { trip: factsFrom(row), origin: callFrom(row.origin), destination: callFrom(row.destination) }
}

function factsFrom(row: FactsRow): TripFacts {
  return {
    tripId: row.trip_id,
    tenantId: row.tenant_id,
    companyName: row.company_name,
    routeName: row.route_name,
    headsign: row.headsign,
    serviceDate: row.service_date,
    timeZone: row.time_zone,
    currency: row.currency,
    busPlate: row.bus_plate,
    arrivalTime: instant(row.arrival_time),
    delayMinutes: row.delay_minutes,
  }
}

function callFrom(json: CallJson): Call {
  return {
    sequence: json.sequence,
    stopId: json.stop_id,
    stopName: json.stop_name,
    town: json.town,
    latitudeDegrees: json.latitude_degrees,
    longitudeDegrees: json.longitude_degrees,
    arrivalSeconds: json.arrival_seconds,
    departureSeconds: json.departure_seconds,
    arrivalTime: instant(json.arrival_time),
    departureTime: instant(json.departure_time),
    pickupAllowed: json.pickup_allowed,
    dropOffAllowed: json.drop_off_allowed,
  }
}

function seatFrom(json: SeatJson): Seat {
  return {
    label: json.seat_label,
    seatClass: json.seat_class,
    deck: json.deck,
    row: json.seat_row,
    column: json.seat_column,
  }
}

/** Prices leave the database as text: JSON has no integers as large as money. */
function faresFrom(json: Partial<Record<SeatClass, string>>): Fares {
  return Object.fromEntries(Object.entries(json).map(([seatClass, minor]) => [seatClass, BigInt(minor)]))
}
