import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { type BookingState, sourcesOf } from '../domain/booking_state.ts'
import type { CancelCause } from '../domain/refund_rule.ts'
import { iso, run } from './query.ts'

/**
 * Ends holds that ran out, the oldest first, and frees their seats. Returns the bookings; none when nothing was due.
 *
 * Those that somebody works on at this moment are left for the next time.
 */
export async function expireDue(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await run<{ booking_id: string }>(
    tx,
    sql`
    with due as (
      select booking_id from booking
      where state = 'HELD' and hold_expire_time <= ${iso(now)}::timestamptz
        -- What is kept for the passenger of a cancelled trip ends with that passenger's choice.
        and not exists (
          select 1 from trip_choice x where x.replacement_booking_id = booking.booking_id and x.state = 'OPEN')
      order by hold_expire_time limit ${limit} for update skip locked
    ),
    freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from due
      where c.booking_id = due.booking_id and c.release_time is null
    )
    update booking b set state = 'EXPIRED' from due where b.booking_id = due.booking_id
    returning b.booking_id`,
  )
  return rows.map((row) => row.booking_id)
}

/** Gives a hold back and frees its seats. False when the booking is not held. */
export async function releaseHeld(tx: Tx, bookingId: string, now: Date): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    with ended as (
      update booking set state = 'RELEASED' where booking_id = ${bookingId} and ${maySource('RELEASED')}
      returning booking_id
    ),
    freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from ended
      where c.booking_id = ended.booking_id and c.release_time is null
    )
    select 1 from ended`,
  )
  return rows.length > 0
}

/** How a paid booking ends. */
export type Cancellation = {
  readonly cause: CancelCause
  readonly reason: string
  readonly now: Date
  /** Also when a passenger is on board: there is no seat to go on in. */
  readonly evenOnBoard?: boolean
}

/**
 * Cancels a paid booking: frees its seats and voids its tickets. False when it is not paid, or a passenger is on board and
 * the trip itself has not ended that.
 */
export async function cancelConfirmed(
  tx: Tx,
  bookingId: string,
  { cause, reason, now, evenOnBoard = cause === 'TRIP' }: Cancellation,
): Promise<boolean> {
  if (!evenOnBoard) await lockBooking(tx, bookingId)
  const rows = await run(
    tx,
    sql`
    with ended as (
      update booking b set state = 'CANCELLED', cancel_time = ${iso(now)}::timestamptz, cancel_cause = ${cause},
        cancel_reason = ${reason}
      where b.booking_id = ${bookingId} and b.state = 'CONFIRMED'
        and (${evenOnBoard} or not exists (
          select 1 from ticket k where k.booking_id = b.booking_id and k.state = 'BOARDED'))
      returning b.booking_id
    ),
    freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from ended
      where c.booking_id = ended.booking_id and c.release_time is null
    ),
    voided as (
      update ticket k set state = 'VOID' from ended where k.booking_id = ended.booking_id
    )
    select 1 from ended`,
  )
  return rows.length > 0
}

/**
 * Locks a booking and its tickets until the transaction ends: what is read of them afterwards stays so, and who is being let
 * on board at this moment is waited for.
 */
export async function lockBooking(tx: Tx, bookingId: string): Promise<void> {
  await run(tx, sql`select 1 from booking where booking_id = ${bookingId} for update`)
  await run(
    tx,
    sql`select 1 from ticket where booking_id = ${bookingId} and state <> 'VOID' order by ticket_id for update`,
  )
}

/** The bookings of a trip that hold or have bought seats; `lock` keeps them as they are until the transaction ends. */
export async function bookingsOnTrip(db: Queries, tripId: string, how: 'look' | 'lock'): Promise<string[]> {
  const rows = await run<{ booking_id: string }>(
    db,
    sql`select booking_id from booking
      where trip_id = ${tripId} and state in ('HELD', 'CONFIRMED') order by booking_id
      ${sql.raw(how === 'lock' ? 'for update' : '')}`,
  )
  return rows.map((row) => row.booking_id)
}

/** The condition that a booking may go to a state, by the one table of transitions. */
function maySource(state: BookingState) {
  return sql`state = any(${sql.param(sourcesOf(state))}::text[])`
}
