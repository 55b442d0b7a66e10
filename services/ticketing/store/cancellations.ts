import { sql } from 'drizzle-orm'
import { money, type Money, type Queries } from '#kit'
import type { TripState } from '../domain/ride.ts'
import { run } from './query.ts'

/** So many bookings, and their money. */
export type Sum = { readonly count: number; readonly amount: Money }

/** What became of the bookings of a cancelled trip, each part counted from its own rows. */
export type CancellationSums = Readonly<Record<'sold' | 'refunded' | 'settled' | 'moved' | 'waiting' | 'late', Sum>>

/** Where a trip stands and in which currency it is sold; undefined when the company has no such trip. */
export async function tripForReport(
  db: Queries,
  tripId: string,
): Promise<{ readonly state: TripState; readonly currency: string } | undefined> {
  const [row] = await run<{ state: TripState; currency: string }>(
    db,
    sql`select s.state, t.currency from trip t join trip_state s on s.trip_id = t.trip_id where t.trip_id = ${tripId}`,
  )
  return row
}

/** Adds up what became of the money of a cancelled trip. */
export async function cancellationSums(db: Queries, tripId: string, currency: string): Promise<CancellationSums> {
  const rows = await run<{ part: keyof CancellationSums; count: number; minor: string }>(
    db,
    sql`
    with sold as (
      select booking_id, total_minor from booking
      where trip_id = ${tripId} and (state = 'CONFIRMED' or (state = 'CANCELLED' and (cancel_cause = 'TRIP' or exists (
        select 1 from trip_choice x where x.booking_id = booking.booking_id and x.state = 'MOVED'))))
    ),
    back as (
      select r.* from refund r join sold s on s.booking_id = r.booking_id
    ),
    chosen as (
      select x.state, s.total_minor from trip_choice x join sold s on s.booking_id = x.booking_id
      where x.state in ('MOVED', 'OPEN')
    ),
    late as (
      select r.amount_minor from refund r join booking b on b.booking_id = r.booking_id
      where b.trip_id = ${tripId} and b.confirm_time is null
    )
    select 'sold' as part, count(*)::int as count, coalesce(sum(total_minor), 0)::text as minor from sold
    union all select 'refunded', count(*)::int, coalesce(sum(amount_minor), 0)::text from back
    union all select 'settled', count(*)::int, coalesce(sum(amount_minor), 0)::text from back
      where settle_time is not null
    union all select 'moved', count(*)::int, coalesce(sum(total_minor), 0)::text from chosen where state = 'MOVED'
    union all select 'waiting', count(*)::int, coalesce(sum(total_minor), 0)::text from chosen where state = 'OPEN'
    union all select 'late', count(*)::int, coalesce(sum(amount_minor), 0)::text from late`,
  )
  const sums = rows.map(({ part, count, minor }) => [part, { count, amount: money(currency, BigInt(minor)) }])
  return Object.fromEntries(sums) as CancellationSums
}
