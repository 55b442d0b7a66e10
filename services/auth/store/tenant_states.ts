import type { Queries } from '#kit'
import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import { tenantState } from './schema.ts'

/** Remembers whether a company is suspended. Returns false for news that is older than what is known. */
export async function saveTenantState(
  db: Queries,
  state: { readonly tenantId: string; readonly revision: bigint; readonly suspended: boolean },
): Promise<boolean> {
  const rows = await db
    .insert(tenantState)
    .values(state)
    .onConflictDoUpdate({
      target: tenantState.tenantId,
      set: { revision: sql`excluded.revision`, suspended: sql`excluded.suspended` },
      setWhere: lt(tenantState.revision, sql`excluded.revision`),
    })
    .returning({ tenantId: tenantState.tenantId })
  return rows.length > 0
}

/** Those of `tenantIds` that are suspended. */
export async function suspendedAmong(db: Queries, tenantIds: readonly string[]): Promise<Set<string>> {
  if (tenantIds.length === 0) return new Set()
  const rows = await db
    .select({ tenantId: tenantState.tenantId })
    .from(tenantState)
    .where(and(inArray(tenantState.tenantId, [...tenantIds]), eq(tenantState.suspended, true)))
  return new Set(rows.map(({ tenantId }) => tenantId))
}
