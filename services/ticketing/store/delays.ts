import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import { iso, run } from './query.ts'

/** How late a trip is, by the word of its company; of two words the one of the higher revision counts. */
export type Delay = { readonly revision: bigint; readonly delayMinutes: number; readonly reason: string }

/** Notes how late a trip is. `old` when a newer word is here, `unknown` when the trip is not; else how late it was until now. */
export async function noteDelay(
  tx: Tx,
  tripId: string,
  { revision, delayMinutes, reason }: Delay,
): Promise<'old' | 'unknown' | { readonly oldDelayMinutes: number }> {
  const [row] = await run<{ newer: boolean; old_delay_minutes: number }>(
    tx,
    sql`
    with was as (
      select trip_id, delay_minutes, delay_revision < ${revision} as newer from trip_state
      where trip_id = ${tripId} and exists (select 1 from trip where trip_id = ${tripId}) for update
    ),
    noted as (
      update trip_state s set delay_minutes = ${delayMinutes}, delay_reason = ${reason}, delay_revision = ${revision}
      from was where s.trip_id = was.trip_id and was.newer
    )
    select newer, delay_minutes as old_delay_minutes from was`,
  )
  if (!row) return 'unknown'
  return row.newer ? { oldDelayMinutes: row.old_delay_minutes } : 'old'
}

/** Writes when some bookings leave now: what lists are sorted by. */
export async function setDepartures(
  tx: Tx,
  departures: readonly { readonly bookingId: string; readonly departureTime: Date }[],
): Promise<void> {
  const given = departures.map(({ bookingId, departureTime }) => ({
    booking_id: bookingId,
    departure_time: iso(departureTime),
  }))
  await run(
    tx,
    sql`update booking b set departure_time = g.departure_time
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g (booking_id uuid, departure_time timestamptz)
      where b.booking_id = g.booking_id`,
  )
}
