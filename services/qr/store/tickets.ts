import type { Queries, Tx } from '#kit'
import { eq, inArray, sql } from 'drizzle-orm'
import { boarding, revocation, signedTicket, type BoardingRow, type SignedTicketRow } from './schema.ts'

/** Stores codes of new tickets. Returns the ids of those that had none before. */
export async function addTickets(db: Queries, tickets: readonly SignedTicketRow[]): Promise<Set<string>> {
  const rows = await db
    .insert(signedTicket)
    .values([...tickets])
    .onConflictDoNothing()
    .returning({ ticketId: signedTicket.ticketId })
  return new Set(rows.map((row) => row.ticketId))
}

/** The codes that tickets have; those that were never signed are missing. */
export async function codesOf(db: Queries, ticketIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ ticketId: signedTicket.ticketId, code: signedTicket.code })
    .from(signedTicket)
    .where(inArray(signedTicket.ticketId, [...ticketIds]))
  return new Map(rows.map((row) => [row.ticketId, row.code]))
}

/** What has happened to a ticket; both undefined for a fresh one. */
export type TicketHistoryRow = { readonly revokeReason: string | null; readonly boardTime: Date | null }

/** Reads what has happened to a ticket of the caller's company. */
export async function historyOf(tx: Tx, ticketId: string): Promise<TicketHistoryRow> {
  const asked = tx
    .$with('asked')
    .as(tx.select({ id: sql<string>`${ticketId}::uuid`.as('id') }).from(sql`(select 1) one`))
  const [row] = await tx
    .with(asked)
    .select({ revokeReason: revocation.reason, boardTime: boarding.boardTime })
    .from(asked)
    .leftJoin(revocation, eq(revocation.ticketId, asked.id))
    .leftJoin(boarding, eq(boarding.ticketId, asked.id))
  return row ?? { revokeReason: null, boardTime: null }
}

/** Remembers that somebody boarded; a ticket is boarded once, the first report stays. */
export async function addBoarding(tx: Tx, row: BoardingRow): Promise<void> {
  await tx.insert(boarding).values(row).onConflictDoNothing()
}
