import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { SeatClass, TripState } from '../domain/ride.ts'
import type { SignedSeat } from './sales.ts'
import { instant, iso, run } from './query.ts'

/** Where a trip stands, locked against new claims of its seats until the transaction ends. Undefined when there is none. */
export async function lockTripState(tx: Tx, tripId: string): Promise<TripState | undefined> {
  const [row] = await run<{ state: TripState }>(
    tx,
    sql`select state from trip_state where trip_id = ${tripId} for update`,
  )
  return row?.state
}

/** Lets nobody buy on a trip until an instant. */
export async function pauseSales(tx: Tx, tripId: string, until: Date): Promise<void> {
  await run(tx, sql`update trip_state set pause_end_time = ${iso(until)}::timestamptz where trip_id = ${tripId}`)
}

/** Lets everybody buy again. */
export async function endPause(db: Queries, tripId: string): Promise<void> {
  await run(db, sql`update trip_state set pause_end_time = null where trip_id = ${tripId}`)
}

/** What passengers were told of a trip: its bus, and when it leaves each of its calls, by their numbers. */
export type ToldOfTrip = { readonly busPlate: string; readonly departures: ReadonlyMap<number, Date> }

/** A trip as its passengers know it; undefined when it is not known. */
export async function toldOfTrip(tx: Tx, tripId: string): Promise<ToldOfTrip | undefined> {
  const [row] = await run<{ bus_plate: string; departures: Record<string, string> }>(
    tx,
    sql`select t.bus_plate, (select coalesce(jsonb_object_agg(c.sequence, c.departure_time), '{}')
        from trip_call c where c.trip_id = t.trip_id) as departures
      from trip t where t.trip_id = ${tripId}`,
  )
  if (!row) return undefined
  const departures = Object.entries(row.departures).map(
    ([sequence, time]) => [Number(sequence), instant(time)] as const,
  )
  return { busPlate: row.bus_plate, departures: new Map(departures) }
}

/** A passenger's seat in another bus; with a ticket when the old one is void. */
export type SeatGiven = {
  readonly bookingId: string
  readonly position: number
  readonly claimId: string
  readonly seatLabel: string
  readonly seatClass: SeatClass
  readonly ticket: SignedSeat | undefined
}

/**
 * Moves whole bookings to other seats: their claims are made anew under a new fencing token, so that whoever works with the
 * old ones finds none. All seats of every booking must be given. Those who have arrived only let go of theirs.
 *
 * Throws the refusal of `seat_claim_no_overlap` when a seat is not free.
 */
export async function moveClaims(
  tx: Tx,
  seats: readonly SeatGiven[],
  arrived: readonly string[],
  now: Date,
): Promise<void> {
  const bookingIds = [...new Set(seats.map(({ bookingId }) => bookingId))]
  await run(
    tx,
    sql`update seat_claim set release_time = ${iso(now)}::timestamptz
      where booking_id = any(${sql.param([...bookingIds, ...arrived])}::uuid[]) and release_time is null`,
  )
  await run(
    tx,
    sql`
    with given as (${given(seats)}),
    fenced as (
      update booking b set fence = nextval('seat_fence') where b.booking_id = any(${sql.param(bookingIds)}::uuid[])
      returning b.booking_id, b.tenant_id, b.trip_id, b.fence, b.from_sequence, b.to_sequence, b.state,
        b.hold_expire_time
    ),
    seated as (
      update passenger p set seat_label = g.seat_label, seat_class = g.seat_class from given g
      where p.booking_id = g.booking_id and p.position = g.position
    ),
    voided as (
      update ticket k set state = 'VOID' from given g
      where k.booking_id = g.booking_id and k.position = g.position and g.ticket_id is not null and k.state <> 'VOID'
    )
    insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, booking_id, fence,
      hold_expire_time)
    select g.claim_id, f.tenant_id, f.trip_id, g.seat_label, g.seat_class, int4range(f.from_sequence, f.to_sequence),
      f.booking_id, f.fence, case f.state when 'HELD' then f.hold_expire_time end
    from given g join fenced f on f.booking_id = g.booking_id`,
  )
  await run(
    tx,
    sql`
    with given as (${given(seats)})
    insert into ticket (ticket_id, tenant_id, user_id, booking_id, position, trip_id, code, state, issue_time)
    select g.ticket_id, b.tenant_id, b.user_id, b.booking_id, g.position, b.trip_id, g.code, 'ISSUED',
      ${iso(now)}::timestamptz
    from given g join booking b on b.booking_id = g.booking_id where g.ticket_id is not null`,
  )
}

function given(seats: readonly SeatGiven[]) {
  const json = JSON.stringify(
    seats.map(({ bookingId, position, claimId, seatLabel, seatClass, ticket }) => ({
      booking_id: bookingId,
      position,
      claim_id: claimId,
      seat_label: seatLabel,
      seat_class: seatClass,
      ticket_id: ticket?.ticketId ?? null,
      code: ticket?.code ?? null,
    })),
  )
  return sql`select * from jsonb_to_recordset(${json}::jsonb) as g (booking_id uuid, position int, claim_id uuid,
      seat_label text, seat_class text, ticket_id uuid, code text)`
}
