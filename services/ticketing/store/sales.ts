import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { sourcesOf } from '../domain/booking_state.ts'
import { type Legs, rangeText } from '../domain/legs.ts'
import type { Seat, SeatClass } from '../domain/ride.ts'
import { expiredReleased, seatsLocked } from './claims.ts'
import { iso, run } from './query.ts'

/** A signed ticket for one passenger. */
export type SignedSeat = { readonly position: number; readonly ticketId: string; readonly code: string }

/**
 * Sells the seats of a held booking and writes its tickets, in one statement.
 *
 * Claims are taken only under the booking's own fencing token, the one that its tickets were signed under: whoever slept
 * while the seats went to another, or the booking to other seats, finds none.
 * False, with nothing to keep, when the booking is not held any more or a seat is gone: then roll back.
 */
export async function sellHeld(
  tx: Tx,
  { bookingId, fence }: { readonly bookingId: string; readonly fence: bigint },
  tickets: readonly SignedSeat[],
  now: Date,
): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    with held as (
      select b.booking_id, b.fence, b.seat_count from booking b
      where b.booking_id = ${bookingId} and b.fence = ${fence} and b.state = 'HELD' for update
    ),
    live as (
      update seat_claim c set hold_expire_time = null from held
      where c.booking_id = held.booking_id and c.fence = held.fence and c.release_time is null
      returning c.claim_id
    ),
    sold as (
      update booking b set state = 'CONFIRMED', confirm_time = ${iso(now)}::timestamptz from held
      where b.booking_id = held.booking_id and held.seat_count = (select count(*) from live)
      returning b.booking_id, b.tenant_id, b.user_id, b.trip_id
    ),
    ${ticketsIssued(tickets, now)}
    select 1 from sold`,
  )
  return rows.length > 0
}

/** A seat for a passenger whose own was lost. */
export type NewSeat = { readonly claimId: string; readonly position: number; readonly seat: Seat }

/** What is written when a late payment gets seats. */
export type Resale = {
  readonly bookingId: string
  readonly tripId: string
  readonly legs: Legs
  readonly seats: readonly NewSeat[]
  readonly tickets: readonly SignedSeat[]
  readonly now: Date
}

/**
 * Claims seats anew for a booking whose hold is over, sells them and writes its tickets, in one statement.
 *
 * False, with nothing to keep, when the trip does not run any more or a seat went to somebody else meanwhile: then roll
 * back and look again.
 */
export async function sellLate(tx: Tx, resale: Resale): Promise<boolean> {
  const { bookingId, tripId, legs, now } = resale
  const labels = resale.seats.map(({ seat }) => seat.label)
  const rows = await run<{ seats: number }>(
    tx,
    sql`
    with late as (
      select b.booking_id, b.tenant_id from booking b join trip_state s on s.trip_id = b.trip_id
      where b.booking_id = ${bookingId} and b.state = any(${sql.param(sourcesOf('CONFIRMED'))}::text[])
        and s.state not in ('CANCELLED', 'ARRIVED')
      -- A cancellation of the trip comes before this or finds this booking: it misses nobody.
      for update of b for share of s
    ),
    own as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from late
      where c.booking_id = late.booking_id and c.release_time is null
      returning c.claim_id
    ),
    ${seatsLocked(tripId, labels)},
    ${expiredReleased(tripId, labels, legs, now)},
    token as (
      select nextval('seat_fence') as fence
      from late, (select count(*) from seat) as locked, (select count(*) from own) as freed,
        (select count(*) from expired) as released
    ),
    given as (
      select * from jsonb_to_recordset(${newSeatsJson(resale.seats)}::jsonb)
        as g (claim_id uuid, position int, seat_label text, seat_class text)
    ),
    claimed as (
      insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, booking_id, fence)
      select g.claim_id, late.tenant_id, ${tripId}::uuid, g.seat_label, g.seat_class, ${rangeText(legs)}::int4range,
        late.booking_id, token.fence
      from late, token, given g order by g.seat_label
      on conflict on constraint seat_claim_no_overlap do nothing
      returning seat_label
    ),
    moved as (
      update passenger p set seat_label = g.seat_label from given g, late
      where p.booking_id = late.booking_id and p.position = g.position
    ),
    sold as (
      update booking b set state = 'CONFIRMED', confirm_time = ${iso(now)}::timestamptz, fence = token.fence
      from late, token where b.booking_id = late.booking_id
      returning b.booking_id, b.tenant_id, b.user_id, b.trip_id
    ),
    ${ticketsIssued(resale.tickets, now)}
    select (select count(*)::int from claimed) as seats from sold`,
  )
  return rows[0]?.seats === resale.seats.length
}

/** The seats of a trip that are free on every leg of a ride, but for claims of the booking itself. */
export async function freeSeatsFor(
  db: Queries,
  bookingId: string,
  tripId: string,
  legs: Legs,
  now: Date,
): Promise<Seat[]> {
  const rows = await run<{
    seat_label: string
    seat_class: SeatClass
    deck: number
    seat_row: number
    seat_column: number
  }>(
    db,
    sql`
    select z.seat_label, z.seat_class, z.deck, z.seat_row, z.seat_column from trip_seat z
    where z.trip_id = ${tripId} and not exists (
      select 1 from seat_claim c
      where c.trip_id = z.trip_id and c.seat_label = z.seat_label and c.legs && ${rangeText(legs)}::int4range
        and c.release_time is null and c.booking_id is distinct from ${bookingId}::uuid
        and (c.hold_expire_time is null or c.hold_expire_time > ${iso(now)}::timestamptz))
    order by z.deck, z.seat_row, z.seat_column`,
  )
  return rows.map((row) => ({
    label: row.seat_label,
    seatClass: row.seat_class,
    deck: row.deck,
    row: row.seat_row,
    column: row.seat_column,
  }))
}

/** CTE `issued`: writes the tickets of the booking in CTE `sold`. */
function ticketsIssued(tickets: readonly SignedSeat[], now: Date) {
  const json = JSON.stringify(tickets.map(({ position, ticketId, code }) => ({ position, ticket_id: ticketId, code })))
  return sql`issued as (
      insert into ticket (ticket_id, tenant_id, user_id, booking_id, position, trip_id, code, state, issue_time)
      select i.ticket_id, s.tenant_id, s.user_id, s.booking_id, i.position, s.trip_id, i.code, 'ISSUED',
        ${iso(now)}::timestamptz
      from sold s, jsonb_to_recordset(${json}::jsonb) as i (position int, ticket_id uuid, code text)
    )`
}

function newSeatsJson(seats: readonly NewSeat[]): string {
  return JSON.stringify(
    seats.map(({ claimId, position, seat }) => ({
      claim_id: claimId,
      position,
      seat_label: seat.label,
      seat_class: seat.seatClass,
    })),
  )
}
