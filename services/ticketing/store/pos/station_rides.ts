import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { StationFare } from '../../domain/pos/offer.ts'
import type { StationCall } from '../../domain/pos/station_ride.ts'
import type { SeatClass } from '../../domain/ride.ts'
import { run } from '../query.ts'

/** The calls of a trip, in order; empty when there is no such trip. */
export async function callsOf(db: Queries, tripId: string): Promise<StationCall[]> {
  const rows = await run<{
    sequence: number
    stop_id: string
    pickup_allowed: boolean
    drop_off_allowed: boolean
  }>(
    db,
    sql`select sequence, stop_id, pickup_allowed, drop_off_allowed from trip_call where trip_id = ${tripId}
      order by sequence`,
  )
  return rows.map((row) => ({
    sequence: row.sequence,
    stopId: row.stop_id,
    pickupAllowed: row.pickup_allowed,
    dropOffAllowed: row.drop_off_allowed,
  }))
}

/** The fares of a trip from one of its calls. */
export async function faresFrom(db: Queries, tripId: string, fromSequence: number): Promise<StationFare[]> {
  const rows = await run<{ to_sequence: number; seat_class: SeatClass; price_minor: string }>(
    db,
    sql`select to_sequence, seat_class, price_minor from trip_fare
      where trip_id = ${tripId} and from_sequence = ${fromSequence} order by to_sequence`,
  )
  return rows.map((row) => ({
    toSequence: row.to_sequence,
    seatClass: row.seat_class,
    priceMinor: BigInt(row.price_minor),
  }))
}
