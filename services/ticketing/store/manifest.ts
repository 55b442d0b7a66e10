import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { SeatClass, TripState } from '../domain/ride.ts'
import type { ManifestCall, TripSheet } from '../domain/manifest.ts'
import { line, lineFrom, type ManifestLine, type ManifestRow, passengerOfTicket } from './boarding.ts'
import { instant, instantOrNone, iso, run } from './query.ts'

type SheetRow = {
  trip_id: string
  tenant_id: string
  company_name: string
  route_name: string
  headsign: string
  service_date: string
  time_zone: string
  bus_plate: string
  state: TripState
  seat_counts: Partial<Record<SeatClass, number>>
  calls: {
    sequence: number
    stop_name: string
    town: string
    arrival_time: string
    departure_time: string
    leave_time: string | null
    loading: number
    unloading: number
  }[]
}

/** What stands at the head of a trip's manifest. Undefined when the company has no such trip. */
export async function readSheet(db: Queries, tripId: string): Promise<TripSheet | undefined> {
  const [row] = await run<SheetRow>(
    db,
    sql`
    select t.trip_id, t.tenant_id, t.company_name, t.route_name, t.headsign, t.service_date, t.time_zone, t.bus_plate,
      s.state, t.seat_counts,
      (select jsonb_agg(jsonb_build_object('sequence', c.sequence, 'stop_name', c.stop_name, 'town', c.town,
          'arrival_time', c.arrival_time, 'departure_time', c.departure_time, 'leave_time', d.leave_time,
          'loading', (select count(*) from luggage_item i where i.trip_id = c.trip_id and i.from_sequence = c.sequence
            and i.state <> 'CANCELLED'),
          'unloading', (select count(*) from luggage_item i where i.trip_id = c.trip_id and i.to_sequence = c.sequence
            and i.state <> 'CANCELLED'))
          order by c.sequence)
        from trip_call c
        left join stop_departure d on d.trip_id = c.trip_id and d.sequence = c.sequence
        where c.trip_id = t.trip_id) as calls
    from trip t join trip_state s on s.trip_id = t.trip_id
    where t.trip_id = ${tripId}`,
  )
  return row && sheetFrom(row)
}

function sheetFrom(row: SheetRow): TripSheet {
  return {
    tripId: row.trip_id,
    tenantId: row.tenant_id,
    companyName: row.company_name,
    routeName: row.route_name,
    headsign: row.headsign,
    serviceDate: row.service_date,
    timeZone: row.time_zone,
    busPlate: row.bus_plate,
    state: row.state,
    seatCounts: row.seat_counts,
    calls: row.calls.map((call): ManifestCall => ({
      sequence: call.sequence,
      stopName: call.stop_name,
      town: call.town,
      arrivalTime: instant(call.arrival_time),
      departureTime: instant(call.departure_time),
      leaveTime: instantOrNone(call.leave_time),
      loading: call.loading,
      unloading: call.unloading,
    })),
  }
}

/** A passenger with what the crew should know. */
export type Rider = ManifestLine & { readonly note: string; readonly luggageCount: number }

type RiderRow = ManifestRow & { note: string | null; pieces: number }

/** Every passenger of a trip whose ticket is not void, by seat. */
export async function listRiders(db: Queries, tripId: string): Promise<Rider[]> {
  const rows = await run<RiderRow>(
    db,
    sql`select ${line}, n.note,
        (select count(*)::int from luggage_item i where i.booking_id = k.booking_id and i.position = k.position
          and i.state <> 'CANCELLED') as pieces
      from ticket k ${passengerOfTicket}
      left join passenger_note n on n.booking_id = k.booking_id and n.position = k.position
      where k.trip_id = ${tripId} and k.state <> 'VOID'
      order by p.seat_label, b.from_sequence, k.ticket_id`,
  )
  return rows.map((row) => ({ ...lineFrom(row), note: row.note ?? '', luggageCount: row.pieces }))
}

/** Writes down what the crew should know about a passenger; an empty note removes it. */
export async function writeNote(
  tx: Tx,
  rider: Pick<ManifestLine, 'bookingId' | 'position' | 'tenantId'>,
  note: string,
  by: { readonly userId: string; readonly now: Date },
): Promise<void> {
  const { bookingId, position, tenantId } = rider
  if (note === '') {
    await run(tx, sql`delete from passenger_note where booking_id = ${bookingId} and position = ${position}`)
    return
  }
  await run(
    tx,
    sql`insert into passenger_note (booking_id, position, tenant_id, note, update_user_id, update_time)
      values (${bookingId}, ${position}, ${tenantId}, ${note}, ${by.userId}, ${iso(by.now)}::timestamptz)
      on conflict (booking_id, position) do update set note = excluded.note, update_user_id = excluded.update_user_id,
        update_time = excluded.update_time`,
  )
}
