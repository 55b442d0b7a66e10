import { and, asc, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { type Queries, type Tx, money } from '#kit'
import type { EntryKind, Transfer } from '../domain/books.ts'
import { at } from './rows.ts'
import { journalTransfer, type TransferRow } from './schema.ts'

/** An entry to be posted: transfers that one cause makes. */
export type Entry = {
  readonly entryId: string
  /** The company concerned; null for an entry of the platform alone. */
  readonly tenantId: string | null
  readonly kind: EntryKind
  readonly paymentIntentId?: string | undefined
  /** What makes it, e.g. the attempt, refund or payout; one entry of each kind per cause, by constraint `journal_transfer_once`. */
  readonly causeId: string
  readonly transfers: readonly Transfer[]
  readonly postTime: Date
}

/** Posts an entry. Fails on `journal_transfer_once` when its cause was booked before. */
export async function postEntry(tx: Tx, entry: Entry): Promise<void> {
  await tx.execute(sql`insert into journal_transfer (${transferColumns}) values ${transferValues(entry)}`)
}

/**
 * Posts entries of many callers in one statement: all of them, or none. The text is the same for any number of them.
 *
 * Fails as {@link postEntry}, and on `ledger_account_limits`.
 */
export async function postEntries(db: Queries, entries: readonly Entry[]): Promise<void> {
  const rows = entries.flatMap((entry) => entry.transfers.map((transfer, line) => ({ entry, transfer, line })))
  const list = (type: string, value: (row: (typeof rows)[number]) => string | number | null) =>
    sql`${sql.param(rows.map(value))}::${sql.raw(type)}[]`
  await db.execute(sql`
    insert into journal_transfer (${transferColumns}) select * from unnest(
      ${list('uuid', ({ entry }) => entry.entryId)}, ${list('smallint', ({ line }) => line)},
      ${list('uuid', ({ entry }) => entry.tenantId)}, ${list('text', ({ entry }) => entry.kind)},
      ${list('uuid', ({ entry }) => entry.paymentIntentId ?? null)}, ${list('uuid', ({ entry }) => entry.causeId)},
      ${list('text', ({ transfer }) => transfer.debit.kind)}, ${list('text', ({ transfer }) => transfer.debit.holder)},
      ${list('text', ({ transfer }) => transfer.credit.kind)}, ${list('text', ({ transfer }) => transfer.credit.holder)},
      ${list('text', ({ transfer }) => transfer.amount.currency)},
      ${list('bigint', ({ transfer }) => transfer.amount.minor.toString())},
      ${list('text', ({ entry }) => entry.postTime.toISOString())}::timestamptz[])`)
}

/** The columns that {@link transferValues} gives, in order. */
export const transferColumns = sql.raw(
  'entry_id, line, tenant_id, kind, payment_intent_id, cause_id, debit_kind, debit_holder, credit_kind, credit_holder, currency, amount_minor, post_time',
)

/** An entry's rows as the body of a `values` list, typed, for statements that post in passing. */
export function transferValues(entry: Entry): SQL {
  const rows = entry.transfers.map(
    ({ debit, credit, amount }, line) => sql`(${entry.entryId}::uuid, ${line}::smallint, ${entry.tenantId}::uuid,
      ${entry.kind}, ${entry.paymentIntentId ?? null}::uuid, ${entry.causeId}::uuid, ${debit.kind}, ${debit.holder},
      ${credit.kind}, ${credit.holder}, ${amount.currency}, ${amount.minor.toString()}::bigint, ${at(entry.postTime)})`,
  )
  return sql.join(rows, sql`, `)
}

/** The transfers that one cause made by an entry of one kind; empty when it made none. */
export async function transfersOf(tx: Tx, causeId: string, kind: EntryKind): Promise<Transfer[]> {
  return (await rowsOfCause(tx, causeId, kind)).map(transferOf)
}

/** An entry's rows, in order; empty when there is none that this transaction may see. */
export function entryRows(tx: Tx, entryId: string): Promise<TransferRow[]> {
  return tx
    .select()
    .from(journalTransfer)
    .where(eq(journalTransfer.entryId, entryId))
    .orderBy(asc(journalTransfer.line))
}

/** The rows that one cause has booked by an entry of one kind, in order. */
export function rowsOfCause(db: Queries, causeId: string, kind: EntryKind): Promise<TransferRow[]> {
  return db
    .select()
    .from(journalTransfer)
    .where(and(eq(journalTransfer.causeId, causeId), eq(journalTransfer.kind, kind)))
    .orderBy(asc(journalTransfer.line))
}

/** What a row of the journal moves. */
export function transferOf(row: TransferRow): Transfer {
  return {
    debit: { kind: row.debitKind, holder: row.debitHolder },
    credit: { kind: row.creditKind, holder: row.creditHolder },
    amount: money(row.currency, row.amountMinor),
  }
}

/** The entry that one cause made of one kind; undefined when it made none. */
export async function findEntryId(tx: Tx, causeId: string, kind: EntryKind): Promise<string | undefined> {
  const [row] = await tx
    .select({ entryId: journalTransfer.entryId })
    .from(journalTransfer)
    .where(and(eq(journalTransfer.causeId, causeId), eq(journalTransfer.kind, kind)))
    .limit(1)
  return row?.entryId
}

/** Whose journal is read: a company's, or with undefined everybody's. */
export type JournalFilter = {
  readonly tenantId: string | undefined
  readonly paymentIntentId: string | undefined
  readonly limit: number
  /** The last entry of the page before. */
  readonly after: string | undefined
}

/** The rows of whole entries, newest entry first, at most `limit` entries. */
export async function listTransfers(tx: Tx, filter: JournalFilter): Promise<TransferRow[]> {
  const entries = tx
    .selectDistinct({ entryId: journalTransfer.entryId })
    .from(journalTransfer)
    .where(
      and(
        filter.tenantId === undefined ? undefined : eq(journalTransfer.tenantId, filter.tenantId),
        filter.paymentIntentId === undefined ? undefined : eq(journalTransfer.paymentIntentId, filter.paymentIntentId),
        filter.after === undefined ? undefined : lt(journalTransfer.entryId, filter.after),
      ),
    )
    .orderBy(desc(journalTransfer.entryId))
    .limit(filter.limit)
    .as('entries')
  const rows = await tx
    .select({ transfer: journalTransfer })
    .from(journalTransfer)
    .innerJoin(entries, eq(entries.entryId, journalTransfer.entryId))
    .orderBy(desc(journalTransfer.entryId), asc(journalTransfer.line))
  return rows.map((row) => row.transfer)
}
