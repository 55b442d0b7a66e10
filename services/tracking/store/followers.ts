import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { TicketedTrip } from '../live/domain/may_follow.ts'
import { run } from './query.ts'

/** Tickets of one account for one trip. */
export type IssuedTickets = {
  readonly tenantId: string
  readonly tripId: string
  readonly userId: string
  readonly ticketIds: readonly string[]
}

/** Notes tickets; those that are known to be void stay so. */
export async function noteTickets(tx: Tx, { tenantId, tripId, userId, ticketIds }: IssuedTickets): Promise<void> {
  for (const ticketId of ticketIds) {
    await run(
      tx,
      sql`
      insert into trip_follower (ticket_id, tenant_id, trip_id, user_id, voided)
      values (${ticketId}, ${tenantId}, ${tripId}, ${userId}, false)
      on conflict (ticket_id) do nothing`,
    )
  }
}

/** A ticket that counts no more. */
export type VoidedTicket = { readonly tenantId: string; readonly tripId: string; readonly ticketId: string }

/** Notes that a ticket is void, also before it is known that it was issued. */
export async function noteVoided(tx: Tx, { tenantId, tripId, ticketId }: VoidedTicket): Promise<void> {
  await run(
    tx,
    sql`
    insert into trip_follower (ticket_id, tenant_id, trip_id, user_id, voided)
    values (${ticketId}, ${tenantId}, ${tripId}, null, true)
    on conflict (ticket_id) do update set voided = true`,
  )
}

type TicketedRow = { user_id: string; trip_id: string; bus_id: string | null }

/** The trips that accounts hold tickets for, by account. */
export async function ticketedTrips(db: Queries, userIds: readonly string[]): Promise<Map<string, TicketedTrip[]>> {
  const rows = await run<TicketedRow>(
    db,
    sql`
    select distinct f.user_id, f.trip_id, t.bus_id
    from trip_follower f left join trip t using (trip_id)
    where f.user_id = any(${idsOf(userIds)}::uuid[]) and not f.voided`,
  )
  const byUser = Map.groupBy(rows, (row) => row.user_id)
  return new Map(
    [...byUser].map(([userId, found]) => [
      userId,
      found.map((row) => ({ tripId: row.trip_id, busId: row.bus_id ?? undefined })),
    ]),
  )
}

type OwnerRow = { id: string; tenant_id: string }

/** The companies of trips and of buses, by their ids; what is not known is left out. A bus is its newest trip's company's. */
export async function ownersOf(db: Queries, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await run<OwnerRow>(
    db,
    sql`
    select trip_id as id, tenant_id from trip where trip_id = any(${idsOf(ids)}::uuid[])
    union all
    (select distinct on (bus_id) bus_id, tenant_id from trip
      where bus_id = any(${idsOf(ids)}::uuid[]) order by bus_id, departure_time desc)`,
  )
  return new Map(rows.map((row) => [row.id, row.tenant_id]))
}

/** The bus of a trip; undefined while none is chosen, or when there is no such trip. */
export async function busOfTrip(db: Queries, tripId: string): Promise<string | undefined> {
  const [row] = await run<{ bus_id: string | null }>(db, sql`select bus_id from trip where trip_id = ${tripId}`)
  return row?.bus_id ?? undefined
}

/** Ids as PostgreSQL writes an array; they are UUIDs, which need no quotes. */
function idsOf(ids: readonly string[]): string {
  return `{${[...new Set(ids)].join(',')}}`
}
