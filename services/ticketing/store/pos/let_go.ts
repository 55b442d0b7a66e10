import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import { iso, run } from '../query.ts'
import type { LeaseState } from './leases.ts'

/** An unsold seat that was let go of, with the tickets that were signed for it. */
export type LetGo = {
  readonly leaseId: string
  readonly tenantId: string
  readonly tripId: string
  readonly ticketIds: readonly string[]
}

/**
 * Lets go of unsold seats of a lease, and ends it when none is left.
 *
 * @param labels undefined for all of them
 */
export async function returnSeats(
  tx: Tx,
  leaseId: string,
  labels: readonly string[] | undefined,
  now: Date,
): Promise<LetGo[]> {
  const some = sql`${sql.param(labels ?? null)}::text[]`
  const gone = await letGo(tx, sql`c.lease_id = ${leaseId} and (${some} is null or c.seat_label = any(${some}))`, now)
  await endEmpty(tx, [leaseId], 'RETURNED', now)
  return gone
}

/** Ends those of some active leases of which nothing is left to sell. */
async function endEmpty(tx: Tx, leaseIds: readonly string[], state: LeaseState, now: Date): Promise<void> {
  await run(
    tx,
    sql`update seat_lease l set state = ${state}, end_time = ${iso(now)}::timestamptz
      where lease_id = any(${sql.param(leaseIds)}::uuid[]) and state = 'ACTIVE' and not exists (
        select 1 from seat_claim c
        where c.lease_id = l.lease_id and c.booking_id is null and c.release_time is null)`,
  )
}

/**
 * Takes unsold seats of a trip back from whoever they are lent to: those that somebody needs, and those that the bus has not,
 * or not in their class.
 */
export async function takeSeatsBack(tx: Tx, tripId: string, needed: readonly string[], now: Date): Promise<LetGo[]> {
  const gone = await letGo(
    tx,
    sql`c.trip_id = ${tripId} and c.lease_id is not null and (
      c.seat_label = any(${sql.param(needed)}::text[]) or not exists (
        select 1 from trip_seat z
        where z.trip_id = c.trip_id and z.seat_label = c.seat_label and z.seat_class = c.seat_class))`,
    now,
  )
  if (gone.length > 0) await endEmpty(tx, [...new Set(gone.map(({ leaseId }) => leaseId))], 'REVOKED', now)
  return gone
}

/** Whose leases: a device's, or those on a trip. */
export type LeasesOf = { readonly deviceId: string } | { readonly tripId: string }

/** Revokes the active leases of a device or on a trip, and lets go of their unsold seats. */
export async function revokeLeases(tx: Tx, of: LeasesOf, now: Date): Promise<LetGo[]> {
  const whose = 'deviceId' in of ? sql`device_id = ${of.deviceId}` : sql`trip_id = ${of.tripId}`
  const ended = await run<{ lease_id: string }>(
    tx,
    sql`update seat_lease set state = 'REVOKED', end_time = ${iso(now)}::timestamptz
      where ${whose} and state = 'ACTIVE' returning lease_id`,
  )
  if (ended.length === 0) return []
  const ids = ended.map((row) => row.lease_id)
  return letGo(tx, sql`c.lease_id = any(${sql.param(ids)}::uuid[])`, now)
}

/** Ends leases whose grace is over, the oldest first; how many. Those that somebody works on are left for the next time. */
export async function expireLeases(tx: Tx, now: Date, limit: number): Promise<number> {
  const [row] = await run<{ leases: number }>(
    tx,
    sql`
    with due as (
      select lease_id from seat_lease where state = 'ACTIVE' and grace_end_time <= ${iso(now)}::timestamptz
      order by grace_end_time limit ${limit} for update skip locked
    ),
    freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz from due
      where c.lease_id = due.lease_id and c.booking_id is null and c.release_time is null
    ),
    ended as (
      update seat_lease l set state = 'EXPIRED', end_time = ${iso(now)}::timestamptz from due
      where l.lease_id = due.lease_id
      returning 1
    )
    select count(*)::int as leases from ended`,
  )
  return row?.leases ?? 0
}

async function letGo(tx: Tx, which: SQL, now: Date): Promise<LetGo[]> {
  const rows = await run<{ lease_id: string; tenant_id: string; trip_id: string; ticket_ids: string[] }>(
    tx,
    sql`
    with freed as (
      update seat_claim c set release_time = ${iso(now)}::timestamptz
      where ${which} and c.booking_id is null and c.release_time is null
      returning c.lease_id, c.seat_label, c.tenant_id, c.trip_id
    ),
    noted as (
      update seat_lease_seat s set let_go_time = ${iso(now)}::timestamptz from freed f
      where s.lease_id = f.lease_id and s.seat_label = f.seat_label
    )
    select f.lease_id, f.tenant_id, f.trip_id,
      array(select t ->> 'ticket_id' from jsonb_array_elements(s.tickets) t) as ticket_ids
    from freed f join seat_lease_seat s on s.lease_id = f.lease_id and s.seat_label = f.seat_label`,
  )
  return rows.map((row) => ({
    leaseId: row.lease_id,
    tenantId: row.tenant_id,
    tripId: row.trip_id,
    ticketIds: row.ticket_ids,
  }))
}
