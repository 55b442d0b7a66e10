import { and, desc, eq } from 'drizzle-orm'
import type { Queries } from '#kit'
import { busSwap } from './schema.ts'

/** Another bus put on a trip that had one. */
export type BusSwapRow = typeof busSwap.$inferSelect

/** Notes a swap, for good. */
export async function insertSwap(tx: Queries, row: BusSwapRow): Promise<void> {
  await tx.insert(busSwap).values(row)
}

/** The swaps of a trip, the latest first. */
export function listSwaps(tx: Queries, tenantId: string, tripId: string): Promise<BusSwapRow[]> {
  return tx
    .select()
    .from(busSwap)
    .where(and(eq(busSwap.tenantId, tenantId), eq(busSwap.tripId, tripId)))
    .orderBy(desc(busSwap.swapTime), desc(busSwap.swapId))
}
