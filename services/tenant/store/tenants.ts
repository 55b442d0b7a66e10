import { isConstraint, type Queries } from '#kit'
import { and, asc, eq, gt, inArray, ne, sql } from 'drizzle-orm'
import { tenant, type TenantRow } from './schema.ts'

/** What of a company can change. */
export type TenantChange = Partial<
  Pick<TenantRow, 'name' | 'country' | 'state' | 'suspendReason' | 'currency' | 'timeZone' | 'languages'>
>

/** Adds a company. */
export async function insertTenant(db: Queries, row: TenantRow): Promise<void> {
  await db.insert(tenant).values(row)
}

/** A company that was not deleted. Returns undefined when there is none that may be seen. */
export async function findTenant(db: Queries, tenantId: string): Promise<TenantRow | undefined> {
  const [row] = await db
    .select()
    .from(tenant)
    .where(and(eq(tenant.tenantId, tenantId), ne(tenant.state, 'DELETED')))
  return row
}

/** As {@link findTenant}, deleted or not, and nobody else changes it or its members until the transaction ends. */
export async function lockTenant(db: Queries, tenantId: string): Promise<TenantRow | undefined> {
  const [row] = await db.select().from(tenant).where(eq(tenant.tenantId, tenantId)).for('update')
  return row
}

/** As {@link findTenant}, and it is neither suspended nor deleted until the transaction ends. */
export async function holdTenant(db: Queries, tenantId: string): Promise<TenantRow | undefined> {
  const [row] = await db
    .select()
    .from(tenant)
    .where(and(eq(tenant.tenantId, tenantId), ne(tenant.state, 'DELETED')))
    .for('share')
  return row
}

/** Companies by slug, without deleted ones. @param page.after the slug that the last page ended with */
export async function listTenants(
  db: Queries,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<TenantRow[]> {
  return db
    .select()
    .from(tenant)
    .where(and(ne(tenant.state, 'DELETED'), page.after === undefined ? undefined : gt(tenant.slug, page.after)))
    .orderBy(asc(tenant.slug))
    .limit(page.limit)
}

/** Those of `tenantIds` that exist and were not deleted, in no particular order. */
export async function findTenants(db: Queries, tenantIds: readonly string[]): Promise<TenantRow[]> {
  return db
    .select()
    .from(tenant)
    .where(and(inArray(tenant.tenantId, [...tenantIds]), ne(tenant.state, 'DELETED')))
}

/** Changes a company and counts the change. Returns undefined when there is none that may be seen. */
export async function updateTenant(
  db: Queries,
  tenantId: string,
  change: TenantChange,
  at: Date,
): Promise<TenantRow | undefined> {
  const [row] = await db
    .update(tenant)
    .set({ ...change, revision: sql`${tenant.revision} + 1`, updateTime: at })
    .where(and(eq(tenant.tenantId, tenantId), ne(tenant.state, 'DELETED')))
    .returning()
  return row
}

/** Whether an error says that another company has the slug. */
export function isSlugTaken(err: unknown): boolean {
  return isConstraint(err, 'tenant_slug_unique')
}

/** Whether an error says that another company has the id. */
export function isTenantIdTaken(err: unknown): boolean {
  return isConstraint(err, 'tenant_pkey')
}
