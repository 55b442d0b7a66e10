import { eq, lt, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import { company } from './schema.ts'

/** What is copied of a company from the tenant service. */
export type CompanyRow = typeof company.$inferSelect

/** A company as it was last heard of; undefined when it was not. */
export async function findCompany(tx: Queries, tenantId: string): Promise<CompanyRow | undefined> {
  const rows = await tx.select().from(company).where(eq(company.tenantId, tenantId))
  return rows[0]
}

/** Every company that was heard of. */
export function allCompanies(tx: Queries): Promise<CompanyRow[]> {
  return tx.select().from(company)
}

/** Keeps what was heard of a company. Returns whether it was news: the same or an older revision changes nothing. */
export async function keepCompany(tx: Queries, row: CompanyRow): Promise<boolean> {
  const { tenantId: _, ...facts } = row
  const rows = await tx
    .insert(company)
    .values(row)
    .onConflictDoUpdate({
      target: company.tenantId,
      set: facts,
      setWhere: lt(company.revision, sql`excluded.revision`),
    })
    .returning({ tenantId: company.tenantId })
  return rows.length > 0
}
