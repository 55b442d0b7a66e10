import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import type { Legs } from '../domain/legs.ts'
import { iso, run } from './query.ts'

/** A ticket, and the last call that its passenger could have boarded at by then. */
export type Missed = {
  readonly ticketId: string
  readonly sequence: number
  readonly bookingId: string
  readonly seatLabel: string
  readonly legs: Legs
}

type MissedRow = {
  ticket_id: string
  sequence: number
  booking_id: string
  seat_label: string
  from_sequence: number
  to_sequence: number
}

/**
 * Tickets of a trip whose passengers have missed the bus: whoever was to board at a call or before it, rides on from there,
 * and has not boarded. Their seats are free on every leg. Lock the trip's bookings first.
 *
 * @param ticketId only this one; all when left out
 */
export async function missBus(
  tx: Tx,
  { tripId, sequence, now, ticketId }: { tripId: string; sequence: number; now: Date; ticketId?: string },
): Promise<Missed[]> {
  const rows = await run<MissedRow>(
    tx,
    sql`
    with missed as (
      update ticket k set state = 'NO_SHOW', no_show_sequence = least(${sequence}, b.to_sequence - 1),
        no_show_time = ${iso(now)}::timestamptz
      from passenger p, booking b
      where k.trip_id = ${tripId} and k.state = 'ISSUED' and b.state = 'CONFIRMED'
        and p.booking_id = k.booking_id and p.position = k.position and b.booking_id = k.booking_id
        and b.from_sequence <= ${sequence}
        and (${ticketId ?? null}::uuid is null or k.ticket_id = ${ticketId ?? null}::uuid)
      returning k.ticket_id, k.booking_id, p.seat_label, k.no_show_sequence as sequence, b.from_sequence, b.to_sequence
    ),
    freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from missed m
      where c.booking_id = m.booking_id and c.seat_label = m.seat_label and c.release_time is null
    )
    select * from missed`,
  )
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    sequence: row.sequence,
    bookingId: row.booking_id,
    seatLabel: row.seat_label,
    legs: { from: row.from_sequence, to: row.to_sequence },
  }))
}

/** A passenger who is to have the seat again, from a call on. */
export type Return = { readonly ticketId: string; readonly from: number; readonly claimId: string; readonly now: Date }

/**
 * Gives a passenger who missed the bus the seat again, from a call to the end of the ride.
 *
 * False when somebody else has the seat there, or nothing of the ride is left, or the passenger has not missed the bus.
 */
export async function giveSeatAgain(tx: Tx, { ticketId, from, claimId, now }: Return): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    with rider as (
      select k.ticket_id, b.booking_id, b.tenant_id, b.trip_id, b.fence, p.seat_label, p.seat_class,
        int4range(greatest(b.from_sequence, ${from}::int), greatest(b.to_sequence, ${from}::int)) as legs
      from ticket k
      join passenger p on p.booking_id = k.booking_id and p.position = k.position
      join booking b on b.booking_id = k.booking_id
      where k.ticket_id = ${ticketId} and k.state = 'NO_SHOW' and b.state = 'CONFIRMED'
      for update of k, b
    ),
    seat as (
      select z.seat_label from trip_seat z join rider r on z.trip_id = r.trip_id and z.seat_label = r.seat_label
      for update of z
    ),
    expired as (
      update seat_claim set release_time = ${iso(now)}::timestamptz
      where claim_id in (
        select e.claim_id from seat_claim e join rider r on e.trip_id = r.trip_id and e.seat_label = r.seat_label
        where e.legs && r.legs and e.release_time is null and e.hold_expire_time <= ${iso(now)}::timestamptz
        for update of e skip locked)
      returning claim_id
    ),
    claimed as (
      insert into seat_claim (claim_id, tenant_id, trip_id, seat_label, seat_class, legs, booking_id, fence)
      select ${claimId}::uuid, r.tenant_id, r.trip_id, r.seat_label, r.seat_class, r.legs, r.booking_id, r.fence
      from rider r, seat, (select count(*) from expired) as released
      where not isempty(r.legs)
      on conflict on constraint seat_claim_no_overlap do nothing
      returning claim_id
    )
    update ticket k set state = 'ISSUED', no_show_sequence = null, no_show_time = null
    from rider r, claimed where k.ticket_id = r.ticket_id returning 1`,
  )
  return rows.length > 0
}
