import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import type { Seat, SeatClass, TripState } from '../domain/ride.ts'
import { iso, run } from './query.ts'

/** A call as its company tells it, with what ticketing works out from it. */
export type CopiedCall = {
  readonly sequence: number
  readonly stopId: string
  readonly stopName: string
  readonly town: string
  readonly townKey: string
  readonly nameKeys: readonly string[]
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly arrivalSeconds: number
  readonly departureSeconds: number
  readonly arrivalTime: Date
  readonly departureTime: Date
  readonly pickupAllowed: boolean
  readonly dropOffAllowed: boolean
}

/** The price of one part of a trip in one class. */
export type CopiedFare = {
  readonly fromSequence: number
  readonly toSequence: number
  readonly seatClass: SeatClass
  readonly priceMinor: bigint
}

/** A trip as its company tells it: a full snapshot. */
export type TripSnapshot = {
  readonly tripId: string
  readonly tenantId: string
  readonly companyName: string
  readonly routeName: string
  readonly headsign: string
  readonly serviceDate: string
  readonly timeZone: string
  readonly currency: string
  readonly busPlate: string
  readonly revision: bigint
  readonly state: TripState
  readonly departureTime: Date
  readonly arrivalTime: Date
  readonly calls: readonly CopiedCall[]
  readonly seats: readonly Seat[]
  readonly fares: readonly CopiedFare[]
}

/** Takes a snapshot over. False, with nothing written, when a newer one is here already. */
export async function copyTrip(tx: Tx, trip: TripSnapshot): Promise<boolean> {
  await noteTripState(tx, trip.tenantId, trip.tripId, trip.revision, trip.state)
  const newer = await upsertTrip(tx, trip)
  if (newer === undefined) return false
  if (newer.replaced) await clearParts(tx, trip)
  await writeParts(tx, trip)
  return true
}

/** Notes where a trip stands; what a newer event said stays. The trip itself may still be on its way. */
export async function noteTripState(
  tx: Tx,
  tenantId: string,
  tripId: string,
  revision: bigint,
  state: TripState,
): Promise<void> {
  await run(
    tx,
    sql`
    insert into trip_state (trip_id, tenant_id, revision, state)
    values (${tripId}, ${tenantId}, ${revision}, ${state})
    on conflict (trip_id) do update set revision = excluded.revision, state = excluded.state
      where trip_state.revision < excluded.revision`,
  )
}

/** Undefined when a newer snapshot is here; else whether an older one was replaced. */
async function upsertTrip(tx: Tx, trip: TripSnapshot): Promise<{ replaced: boolean } | undefined> {
  const [row] = await run<{ replaced: boolean }>(
    tx,
    sql`
    insert into trip (trip_id, tenant_id, company_name, route_name, headsign, service_date, time_zone, currency,
      bus_plate, revision, departure_time, arrival_time, seat_counts)
    values (${trip.tripId}, ${trip.tenantId}, ${trip.companyName}, ${trip.routeName}, ${trip.headsign},
      ${trip.serviceDate}, ${trip.timeZone}, ${trip.currency}, ${trip.busPlate}, ${trip.revision},
      ${iso(trip.departureTime)}::timestamptz, ${iso(trip.arrivalTime)}::timestamptz,
      ${JSON.stringify(countByClass(trip.seats))}::jsonb)
    on conflict (trip_id) do update set company_name = excluded.company_name, route_name = excluded.route_name,
      headsign = excluded.headsign, service_date = excluded.service_date, time_zone = excluded.time_zone,
      currency = excluded.currency, bus_plate = excluded.bus_plate, revision = excluded.revision,
      departure_time = excluded.departure_time, arrival_time = excluded.arrival_time,
      seat_counts = excluded.seat_counts
      where trip.revision < excluded.revision
    returning (xmax <> 0) as replaced`,
  )
  return row
}

/** Removes what the older snapshot had: calls that are gone, all seats and fares. */
async function clearParts(tx: Tx, trip: TripSnapshot): Promise<void> {
  await run(
    tx,
    sql`
    with calls as (delete from trip_call where trip_id = ${trip.tripId}),
      seats as (delete from trip_seat where trip_id = ${trip.tripId})
    delete from trip_fare where trip_id = ${trip.tripId}`,
  )
}

/** Writes calls, seats, fares and the places called at: a trip of any length is one statement. */
async function writeParts(tx: Tx, trip: TripSnapshot): Promise<void> {
  await run(
    tx,
    sql`
    with call as (
      select * from jsonb_to_recordset(${callsJson(trip)}::jsonb) as c (sequence int, stop_id uuid, stop_name text,
        town text, town_key text, name_keys text[], latitude_degrees float8, longitude_degrees float8,
        arrival_seconds int, departure_seconds int, arrival_time timestamptz, departure_time timestamptz,
        pickup_allowed boolean, drop_off_allowed boolean)
    ),
    calls as (
      insert into trip_call (trip_id, sequence, tenant_id, service_date, stop_id, stop_name, town, latitude_degrees,
        longitude_degrees, arrival_seconds, departure_seconds, arrival_time, departure_time, pickup_allowed,
        drop_off_allowed)
      select ${trip.tripId}::uuid, sequence, ${trip.tenantId}::uuid, ${trip.serviceDate}::date, stop_id, stop_name, town,
        latitude_degrees, longitude_degrees, arrival_seconds, departure_seconds, arrival_time, departure_time,
        pickup_allowed, drop_off_allowed
      from call
    ),
    places as (
      insert into place (stop_id, tenant_id, stop_name, town, town_key, name_keys)
      select distinct on (stop_id) stop_id, ${trip.tenantId}::uuid, stop_name, town, town_key, name_keys
      -- In one order for everybody: snapshots of two trips over the same stops arrive at the same time.
      from call order by stop_id
      on conflict (stop_id) do update set stop_name = excluded.stop_name, town = excluded.town,
        town_key = excluded.town_key, name_keys = excluded.name_keys
        where (place.stop_name, place.town, place.name_keys)
          is distinct from (excluded.stop_name, excluded.town, excluded.name_keys)
    ),
    seats as (
      insert into trip_seat (trip_id, seat_label, tenant_id, seat_class, deck, seat_row, seat_column)
      select ${trip.tripId}::uuid, label, ${trip.tenantId}::uuid, seat_class, deck, seat_row, seat_column
      from jsonb_to_recordset(${seatsJson(trip)}::jsonb)
        as s (label text, seat_class text, deck int, seat_row int, seat_column int)
    )
    insert into trip_fare (trip_id, from_sequence, to_sequence, seat_class, tenant_id, price_minor)
    select ${trip.tripId}::uuid, from_sequence, to_sequence, seat_class, ${trip.tenantId}::uuid, price_minor
    from jsonb_to_recordset(${faresJson(trip)}::jsonb)
      as f (from_sequence int, to_sequence int, seat_class text, price_minor bigint)`,
  )
}

/** Notes whether a company may sell; what a newer event said stays. */
export async function noteSeller(tx: Tx, tenantId: string, revision: bigint, suspended: boolean): Promise<void> {
  await run(
    tx,
    sql`
    insert into seller (tenant_id, revision, suspended) values (${tenantId}, ${revision}, ${suspended})
    on conflict (tenant_id) do update set revision = excluded.revision, suspended = excluded.suspended
      where seller.revision < excluded.revision`,
  )
}

function countByClass(seats: readonly Seat[]): Partial<Record<SeatClass, number>> {
  const counts: Partial<Record<SeatClass, number>> = {}
  for (const { seatClass } of seats) counts[seatClass] = (counts[seatClass] ?? 0) + 1
  return counts
}

function callsJson({ calls }: TripSnapshot): string {
  return JSON.stringify(
    calls.map((call) => ({
      sequence: call.sequence,
      stop_id: call.stopId,
      stop_name: call.stopName,
      town: call.town,
      town_key: call.townKey,
      name_keys: call.nameKeys,
      latitude_degrees: call.latitudeDegrees,
      longitude_degrees: call.longitudeDegrees,
      arrival_seconds: call.arrivalSeconds,
      departure_seconds: call.departureSeconds,
      arrival_time: iso(call.arrivalTime),
      departure_time: iso(call.departureTime),
      pickup_allowed: call.pickupAllowed,
      drop_off_allowed: call.dropOffAllowed,
    })),
  )
}

function seatsJson({ seats }: TripSnapshot): string {
  return JSON.stringify(
    seats.map((seat) => ({
      label: seat.label,
      seat_class: seat.seatClass,
      deck: seat.deck,
      seat_row: seat.row,
      seat_column: seat.column,
    })),
  )
}

function faresJson({ fares }: TripSnapshot): string {
  return JSON.stringify(
    fares.map((fare) => ({
      from_sequence: fare.fromSequence,
      to_sequence: fare.toSequence,
      seat_class: fare.seatClass,
      price_minor: fare.priceMinor.toString(),
    })),
  )
}
