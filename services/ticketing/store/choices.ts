import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { Decider, TripChoice } from '../domain/trip_choice.ts'
import { instant, instantOrNone, iso, run } from './query.ts'

type ChoiceRow = {
  choice_id: string
  tenant_id: string
  booking_id: string
  trip_id: string
  replacement_booking_id: string
  reason: string
  state: TripChoice['state']
  decider: Decider | null
  deadline_time: string
  decide_time: string | null
}

/** Writes down that a passenger is asked, and voids the tickets for the trip that does not run. */
export async function openChoice(
  tx: Tx,
  choice: Omit<TripChoice, 'state' | 'decider' | 'decideTime'>,
  userId: string,
  now: Date,
): Promise<void> {
  const { choiceId, tenantId, bookingId, tripId, replacementBookingId, reason, deadlineTime } = choice
  await run(
    tx,
    sql`
    with voided as (
      update ticket set state = 'VOID' where booking_id = ${bookingId} and state <> 'VOID'
    )
    insert into trip_choice (choice_id, tenant_id, user_id, booking_id, trip_id, replacement_booking_id, reason, state,
      deadline_time, create_time)
    values (${choiceId}, ${tenantId}, ${userId}, ${bookingId}, ${tripId}, ${replacementBookingId}, ${reason}, 'OPEN',
      ${iso(deadlineTime)}::timestamptz, ${iso(now)}::timestamptz)`,
  )
}

/** The latest choice of a booking; undefined when its passenger was never asked. */
export async function choiceOf(db: Queries, bookingId: string): Promise<TripChoice | undefined> {
  const [row] = await run<ChoiceRow>(
    db,
    sql`select * from trip_choice where booking_id = ${bookingId} order by number desc limit 1`,
  )
  return row && choiceFrom(row)
}

/** The open choice that a held replacement is kept for; undefined when none is. */
export async function choiceKeptBy(db: Queries, replacementBookingId: string): Promise<TripChoice | undefined> {
  const [row] = await run<ChoiceRow>(
    db,
    sql`select * from trip_choice where replacement_booking_id = ${replacementBookingId} and state = 'OPEN'`,
  )
  return row && choiceFrom(row)
}

/** What the passengers of a trip were asked, in that order. */
export async function choicesOfTrip(db: Queries, tripId: string, limit: number): Promise<TripChoice[]> {
  const rows = await run<ChoiceRow>(
    db,
    sql`select * from trip_choice where trip_id = ${tripId} order by number limit ${limit}`,
  )
  return rows.map(choiceFrom)
}

/** Choices that nobody answered in time, the oldest first. */
export async function dueChoices(db: Queries, now: Date, limit: number): Promise<TripChoice[]> {
  const rows = await run<ChoiceRow>(
    db,
    sql`select * from trip_choice where state = 'OPEN' and deadline_time <= ${iso(now)}::timestamptz
      order by deadline_time limit ${limit}`,
  )
  return rows.map(choiceFrom)
}

/** Decides an open choice; a passenger only until its deadline. False when it is not open any more. */
export async function decideChoice(
  tx: Tx,
  choiceId: string,
  { state, decider }: { readonly state: TripChoice['state']; readonly decider: Decider },
  now: Date,
): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    update trip_choice set state = ${state}, decider = ${decider}, decide_time = ${iso(now)}::timestamptz
    where choice_id = ${choiceId} and state = 'OPEN'
      and (${decider} <> 'PASSENGER' or deadline_time > ${iso(now)}::timestamptz)
    returning 1`,
  )
  return rows.length > 0
}

/** Closes what the passenger of a booking is asked, because the booking was cancelled. The choice; undefined when nothing was open. */
export async function closeChoiceOf(tx: Tx, bookingId: string, now: Date): Promise<TripChoice | undefined> {
  const [row] = await run<ChoiceRow>(
    tx,
    sql`
    update trip_choice set state = 'REFUNDED', decider = 'CANCELLATION', decide_time = ${iso(now)}::timestamptz
    where booking_id = ${bookingId} and state = 'OPEN'
    returning *`,
  )
  return row && choiceFrom(row)
}

function choiceFrom(row: ChoiceRow): TripChoice {
  return {
    choiceId: row.choice_id,
    tenantId: row.tenant_id,
    bookingId: row.booking_id,
    tripId: row.trip_id,
    replacementBookingId: row.replacement_booking_id,
    reason: row.reason,
    state: row.state,
    decider: row.decider ?? undefined,
    deadlineTime: instant(row.deadline_time),
    decideTime: instantOrNone(row.decide_time),
  }
}
