import { and, asc, eq, gt, inArray, like, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { containing } from '../domain/folded.ts'
import { stop } from './schema.ts'

/** A stop or station. */
export type StopRow = typeof stop.$inferSelect

/** Where a page of stops goes on. */
export type StopCursor = { readonly name: string; readonly stopId: string }

/** Some stops, in no particular order; ids that the company does not have are left out. */
export async function findStops(tx: Queries, tenantId: string, stopIds: readonly string[]): Promise<StopRow[]> {
  if (stopIds.length === 0) return []
  return tx
    .select()
    .from(stop)
    .where(and(eq(stop.tenantId, tenantId), inArray(stop.stopId, [...stopIds])))
}

/** Enters a stop. */
export async function insertStop(tx: Queries, row: StopRow): Promise<void> {
  await tx.insert(stop).values(row)
}

/** Writes what is now true of a stop that is there. */
export async function updateStop(
  tx: Queries,
  { tenantId, stopId, ...facts }: Omit<StopRow, 'createTime' | 'gtfsStopId'>,
): Promise<StopRow> {
  const rows = await tx
    .update(stop)
    .set(facts)
    .where(and(eq(stop.tenantId, tenantId), eq(stop.stopId, stopId)))
    .returning()
  return rows[0]!
}

/** A page of stops by name. */
export function listStops(
  tx: Queries,
  tenantId: string,
  filter: { readonly query: string; readonly limit: number; readonly after: StopCursor | undefined },
): Promise<StopRow[]> {
  const { query, limit, after } = filter
  return tx
    .select()
    .from(stop)
    .where(
      and(
        eq(stop.tenantId, tenantId),
        query === '' ? undefined : like(stop.searchText, containing(query)),
        after && gt(sql`(${stop.name}, ${stop.stopId})`, sql`(${after.name}, ${after.stopId}::uuid)`),
      ),
    )
    .orderBy(asc(stop.name), asc(stop.stopId))
    .limit(limit)
}
