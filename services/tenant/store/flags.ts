import type { Queries } from '#kit'
import { and, eq } from 'drizzle-orm'
import { featureFlag, type FeatureFlagRow } from './schema.ts'

/** The flags of a company that were set. */
export async function listFlags(db: Queries, tenantId: string): Promise<FeatureFlagRow[]> {
  return db.select().from(featureFlag).where(eq(featureFlag.tenantId, tenantId))
}

/** One flag of a company. Returns undefined while it was never set. */
export async function findFlag(db: Queries, tenantId: string, flag: string): Promise<FeatureFlagRow | undefined> {
  const [row] = await db
    .select()
    .from(featureFlag)
    .where(and(eq(featureFlag.tenantId, tenantId), eq(featureFlag.flag, flag)))
  return row
}

/** Sets a flag. */
export async function saveFlag(db: Queries, row: FeatureFlagRow): Promise<void> {
  const { enabled, updateTime } = row
  await db
    .insert(featureFlag)
    .values(row)
    .onConflictDoUpdate({ target: [featureFlag.tenantId, featureFlag.flag], set: { enabled, updateTime } })
}
