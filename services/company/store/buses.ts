import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { Queries } from '#kit'
import { bus } from './schema.ts'

/** A vehicle. */
export type BusRow = typeof bus.$inferSelect

/** A bus; undefined when the company has none of that id. */
export async function findBus(tx: Queries, tenantId: string, busId: string): Promise<BusRow | undefined> {
  const rows = await findBuses(tx, tenantId, [busId])
  return rows[0]
}

/** Some buses, in no particular order; ids that the company does not have are left out. */
export async function findBuses(tx: Queries, tenantId: string, busIds: readonly string[]): Promise<BusRow[]> {
  if (busIds.length === 0) return []
  return tx
    .select()
    .from(bus)
    .where(and(eq(bus.tenantId, tenantId), inArray(bus.busId, [...busIds])))
}

/** Enters a bus. */
export async function insertBus(tx: Queries, row: BusRow): Promise<void> {
  await tx.insert(bus).values(row)
}

/** Writes what is now true of a bus that is there. */
export async function updateBus(
  tx: Queries,
  { tenantId, busId, ...facts }: Omit<BusRow, 'createTime'>,
): Promise<BusRow> {
  const rows = await tx
    .update(bus)
    .set(facts)
    .where(and(eq(bus.tenantId, tenantId), eq(bus.busId, busId)))
    .returning()
  return rows[0]!
}

/** A page of buses by plate. */
export function listBuses(
  tx: Queries,
  tenantId: string,
  filter: {
    readonly state: BusRow['state'] | undefined
    readonly layoutId: string | undefined
    readonly limit: number
    readonly after: { readonly plate: string } | undefined
  },
): Promise<BusRow[]> {
  const { state, layoutId, limit, after } = filter
  return tx
    .select()
    .from(bus)
    .where(
      and(
        eq(bus.tenantId, tenantId),
        state && eq(bus.state, state),
        layoutId === undefined ? undefined : eq(bus.layoutId, layoutId),
        after && gt(bus.plate, after.plate),
      ),
    )
    .orderBy(asc(bus.plate))
    .limit(limit)
}
