import { and, desc, eq, lt } from 'drizzle-orm'
import type { Queries } from '#kit'
import { salesTerms } from './schema.ts'

/** One version of a company's terms. */
export type SalesTermsRow = typeof salesTerms.$inferSelect

/** Adds a version. Fails on `sales_terms_version` when somebody was faster. */
export async function insertTerms(tx: Queries, row: SalesTermsRow): Promise<void> {
  await tx.insert(salesTerms).values(row)
}

/** Versions of a company's terms, newest first. @param before only those below it; undefined for the newest */
export function listTerms(
  tx: Queries,
  tenantId: string,
  page: { readonly limit: number; readonly before: bigint | undefined },
): Promise<SalesTermsRow[]> {
  const older = page.before === undefined ? undefined : lt(salesTerms.version, page.before)
  return tx
    .select()
    .from(salesTerms)
    .where(and(eq(salesTerms.tenantId, tenantId), older))
    .orderBy(desc(salesTerms.version))
    .limit(page.limit)
}
