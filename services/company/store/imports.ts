import { and, asc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { NetworkChange } from '../domain/network.ts'
import { networkImport, networkImportPart } from './schema.ts'

/** A network that is being handed over. */
export type ImportRow = typeof networkImport.$inferSelect

/** Opens an import. */
export async function insertImport(tx: Queries, row: ImportRow): Promise<void> {
  await tx.insert(networkImport).values(row)
}

/** An import, kept from others until this transaction is over; undefined when the company has none of that id. */
export async function lockImport(tx: Queries, tenantId: string, importId: string): Promise<ImportRow | undefined> {
  const rows = await tx.select().from(networkImport).where(idIs(tenantId, importId)).for('update')
  return rows[0]
}

/** Keeps one part, in place of one of that number that came before. */
export async function keepPart(tx: Queries, row: typeof networkImportPart.$inferInsert): Promise<void> {
  await tx
    .insert(networkImportPart)
    .values(row)
    .onConflictDoUpdate({
      target: [networkImportPart.tenantId, networkImportPart.importId, networkImportPart.partNumber],
      set: { content: sql`excluded.content` },
    })
}

/** The numbers of the parts that are kept, in order. */
export async function partNumbers(tx: Queries, tenantId: string, importId: string): Promise<number[]> {
  const rows = await tx
    .select({ partNumber: networkImportPart.partNumber })
    .from(networkImportPart)
    .where(partsOf(tenantId, importId))
    .orderBy(asc(networkImportPart.partNumber))
  return rows.map(({ partNumber }) => partNumber)
}

/** The bytes of one part; undefined when it did not come. */
export async function readPart(
  tx: Queries,
  tenantId: string,
  importId: string,
  partNumber: number,
): Promise<Buffer | undefined> {
  const rows = await tx
    .select({ content: networkImportPart.content })
    .from(networkImportPart)
    .where(and(partsOf(tenantId, importId), eq(networkImportPart.partNumber, partNumber)))
  return rows[0]?.content
}

/** Closes an import that was written, and lets go of its parts. */
export async function closeImport(
  tx: Queries,
  { tenantId, importId }: ImportRow,
  changes: NetworkChange[],
  at: Date,
): Promise<void> {
  await tx.update(networkImport).set({ applyTime: at, changes }).where(idIs(tenantId, importId))
  await tx.delete(networkImportPart).where(partsOf(tenantId, importId))
}

/** Drops an import that was not applied, and lets go of its parts. */
export async function markDropped(tx: Queries, { tenantId, importId }: ImportRow, at: Date): Promise<void> {
  await tx.update(networkImport).set({ dropTime: at }).where(idIs(tenantId, importId))
  await tx.delete(networkImportPart).where(partsOf(tenantId, importId))
}

/** Forgets every import that was opened before `before` and never applied. Returns how many. */
export async function deleteStaleImports(tx: Queries, before: Date): Promise<number> {
  const rows = await tx
    .delete(networkImport)
    .where(and(isNull(networkImport.applyTime), lt(networkImport.createTime, before)))
    .returning({ importId: networkImport.importId })
  return rows.length
}

const idIs = (tenantId: string, importId: string) =>
  and(eq(networkImport.tenantId, tenantId), eq(networkImport.importId, importId))

const partsOf = (tenantId: string, importId: string) =>
  and(eq(networkImportPart.tenantId, tenantId), eq(networkImportPart.importId, importId))
