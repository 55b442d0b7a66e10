import { and, asc, desc, eq, inArray, lt, or, sql } from 'drizzle-orm'
import { createHash } from 'node:crypto'
import type { Queries, Tx } from '#kit'
import { openBreakStates } from '../domain/breaks.ts'
import type { NumberedLine } from '../settlement/read_file.ts'
import {
  reconciliation,
  reconciliationBreak,
  type ReconciliationRow,
  reconciliationTotal,
  settlementFilePart,
  type TotalRow,
} from './reconciliation_schema.ts'
import { at, rowOf } from './rows.ts'
import { numberSealed, referenceSealed } from './sealed.ts'

/** Writes a new reconciliation. False when the id is in use. */
export async function insertReconciliation(db: Queries, row: typeof reconciliation.$inferInsert): Promise<boolean> {
  const rows = await db
    .insert(reconciliation)
    .values(row)
    .onConflictDoNothing({ target: reconciliation.reconciliationId })
    .returning({ id: reconciliation.reconciliationId })
  return rows.length > 0
}

/** A reconciliation; undefined when there is none. */
export async function findReconciliation(db: Queries, id: string): Promise<ReconciliationRow | undefined> {
  const [row] = await db.select().from(reconciliation).where(eq(reconciliation.reconciliationId, id))
  return row
}

/** As {@link findReconciliation}, kept from others until the transaction is over. */
export async function lockReconciliation(tx: Tx, id: string): Promise<ReconciliationRow | undefined> {
  const [row] = await tx.select().from(reconciliation).where(eq(reconciliation.reconciliationId, id)).for('update')
  return row
}

/** What changes about a reconciliation while it goes its way. */
type Progress = Partial<
  Pick<
    ReconciliationRow,
    | 'state'
    | 'account'
    | 'fromTime'
    | 'toTime'
    | 'partCount'
    | 'processedCount'
    | 'faults'
    | 'contentSha256'
    | 'repeatedReconciliationId'
    | 'leaseTime'
    | 'completeTime'
  >
>

/**
 * Changes a reconciliation that this process works on. False when another process has taken it over since, which is then
 * the one to finish it.
 */
export async function noteProgress(
  db: Queries,
  { reconciliationId, leaseCount }: ReconciliationRow,
  progress: Progress,
): Promise<boolean> {
  const rows = await db
    .update(reconciliation)
    .set(progress)
    .where(
      and(
        eq(reconciliation.reconciliationId, reconciliationId),
        eq(reconciliation.leaseCount, leaseCount),
        eq(reconciliation.state, 'RUNNING'),
      ),
    )
    .returning({ id: reconciliation.reconciliationId })
  return rows.length > 0
}

/** Makes an uploaded reconciliation RUNNING, to be taken up at once. */
export async function beginRun(tx: Tx, id: string, partCount: number, now: Date): Promise<void> {
  await tx
    .update(reconciliation)
    .set({ state: 'RUNNING', partCount, leaseTime: now })
    .where(and(eq(reconciliation.reconciliationId, id), eq(reconciliation.state, 'UPLOADING')))
}

/** Takes a reconciliation that is to be worked on, for itself until `leaseTime`; undefined when there is none. */
export async function takeReconciliation(
  db: Queries,
  now: Date,
  leaseTime: Date,
): Promise<ReconciliationRow | undefined> {
  const [raw] = await db.execute(sql`
    update reconciliation set lease_time = ${at(leaseTime)}, lease_count = lease_count + 1
    where reconciliation_id = (
      select reconciliation_id from reconciliation where state = 'RUNNING' and lease_time <= ${at(now)}
      -- Waits for a lock rather than pass by: a repeat of the call that began it holds one for a moment.
      order by lease_time limit 1 for update)
    returning *`)
  return raw && rowOf(reconciliation, raw)
}

/** Keeps one part of a file, in place of one of that number that came before. */
export async function keepPart(tx: Tx, part: typeof settlementFilePart.$inferInsert): Promise<void> {
  await tx
    .insert(settlementFilePart)
    .values(part)
    .onConflictDoUpdate({
      target: [settlementFilePart.reconciliationId, settlementFilePart.partNumber],
      set: { content: sql`excluded.content` },
    })
}

/** How many parts are kept, and the highest number among them. */
export async function partsKept(tx: Tx, id: string): Promise<{ readonly count: number; readonly last: number }> {
  const [row] = await tx.execute<{ count: number; last: number | null }>(sql`
    select count(*)::int as count, max(part_number) as last from settlement_file_part where reconciliation_id = ${id}`)
  return { count: row?.count ?? 0, last: row?.last ?? -1 }
}

/** The parts of a file in order, one at a time. */
export async function* partsOf(db: Queries, { reconciliationId, partCount }: ReconciliationRow) {
  for (let partNumber = 0; partNumber < partCount; partNumber++) {
    const [row] = await db
      .select({ content: settlementFilePart.content })
      .from(settlementFilePart)
      .where(
        and(eq(settlementFilePart.reconciliationId, reconciliationId), eq(settlementFilePart.partNumber, partNumber)),
      )
    if (!row) throw new Error(`part ${partNumber} of reconciliation ${reconciliationId} is gone`)
    yield row.content
  }
}

/** SHA-256 of the whole file. */
export async function hashOf(db: Queries, row: ReconciliationRow): Promise<Uint8Array> {
  const hash = createHash('sha256')
  for await (const part of partsOf(db, row)) hash.update(part)
  return hash.digest()
}

/** The reconciliation that had the same file, and is at it or done; undefined when none. */
export async function sameFile(db: Queries, row: ReconciliationRow, sha256: Uint8Array): Promise<string | undefined> {
  const [found] = await db
    .select({ id: reconciliation.reconciliationId })
    .from(reconciliation)
    .where(
      and(
        eq(reconciliation.provider, row.provider),
        eq(reconciliation.contentSha256, sha256),
        inArray(reconciliation.state, ['RUNNING', 'COMPLETED']),
        sql`${reconciliation.reconciliationId} <> ${row.reconciliationId}`,
      ),
    )
  return found?.id
}

/** Forgets what an earlier try has read. */
export async function deleteLines(db: Queries, { reconciliationId }: ReconciliationRow): Promise<void> {
  await db.execute(sql`delete from settlement_line where reconciliation_id = ${reconciliationId}`)
}

/** Keeps a batch of lines. */
export async function insertLines(
  db: Queries,
  { reconciliationId, provider }: ReconciliationRow,
  lines: readonly NumberedLine[],
): Promise<void> {
  if (lines.length === 0) return
  const rows = lines.map(({ amount, ...line }) => ({
    ...line,
    receipt: referenceSealed(line.receipt),
    party: numberSealed(line.party),
    // Files write ours in capitals; that is how requests were named by us, where it was for us to name them.
    requestReference: line.reference === '' ? null : referenceSealed(line.reference.toLowerCase()),
    currency: amount.currency,
    amountMinor: amount.minor.toString(),
  }))
  await db.execute(sql`
    insert into settlement_line (reconciliation_id, line_number, provider, kind, incoming, completed, receipt, reference,
      request_reference, party, currency, amount_minor, complete_time)
    select ${reconciliationId}::uuid, "lineNumber", ${provider}, kind, incoming, completed, receipt, reference,
      "requestReference", party, currency, "amountMinor", "completeTime"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as line("lineNumber" int, kind text, incoming boolean,
      completed boolean, receipt text, reference text, "requestReference" text, party text, currency text, "amountMinor" bigint,
      "completeTime" timestamptz)`)
}

/** The first and the last time in a file; undefined when it has no lines. */
export async function spanOf(db: Queries, { reconciliationId }: ReconciliationRow) {
  const [row] = await db.execute<{ first: string | null; last: string | null }>(sql`
    select min(complete_time)::text as first, max(complete_time)::text as last
    from settlement_line where reconciliation_id = ${reconciliationId}`)
  return row?.first && row.last ? { first: new Date(row.first), last: new Date(row.last) } : undefined
}

/** What was found, by finding and currency. */
export async function totalsOf(db: Queries, id: string): Promise<TotalRow[]> {
  return db
    .select()
    .from(reconciliationTotal)
    .where(eq(reconciliationTotal.reconciliationId, id))
    .orderBy(asc(reconciliationTotal.finding), asc(reconciliationTotal.currency))
}

/** How many breaks of a reconciliation are not closed. */
export async function openBreaksOf(db: Queries, id: string): Promise<number> {
  return db.$count(
    reconciliationBreak,
    and(eq(reconciliationBreak.reconciliationId, id), inArray(reconciliationBreak.state, [...openBreakStates])),
  )
}

/** Where a page of reconciliations ended. */
export type ReconciliationCursor = { readonly createTime: string; readonly reconciliationId: string }

/** Reconciliations, newest first. */
export async function listReconciliationRows(
  db: Queries,
  filter: {
    readonly provider: string | undefined
    readonly limit: number
    readonly after: ReconciliationCursor | undefined
  },
): Promise<ReconciliationRow[]> {
  const { createTime, reconciliationId, provider } = reconciliation
  const { after } = filter
  const afterTime = after && new Date(after.createTime)
  return db
    .select()
    .from(reconciliation)
    .where(
      and(
        filter.provider === undefined ? undefined : eq(provider, filter.provider),
        after &&
          afterTime &&
          or(lt(createTime, afterTime), and(eq(createTime, afterTime), lt(reconciliationId, after.reconciliationId))),
      ),
    )
    .orderBy(desc(createTime), desc(reconciliationId))
    .limit(filter.limit)
}
