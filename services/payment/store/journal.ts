import { and, asc, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { type Queries, type Tx, money, type Money } from '#kit'
import type { Account, AccountKind, EntryKind, Transfer } from '../domain/books.ts'
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
  const rows = await tx
    .select()
    .from(journalTransfer)
    .where(and(eq(journalTransfer.causeId, causeId), eq(journalTransfer.kind, kind)))
    .orderBy(asc(journalTransfer.line))
  return rows.map((row) => ({
    debit: { kind: row.debitKind, holder: row.debitHolder },
    credit: { kind: row.creditKind, holder: row.creditHolder },
    amount: money(row.currency, row.amountMinor),
  }))
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

/** What was debited and credited on one account in all. */
export type AccountTotals = { readonly account: Account; readonly debit: Money; readonly credit: Money }

/** Sums of every account, over one company's entries or over all. */
export async function accountTotals(db: Queries, tenantId: string | undefined): Promise<AccountTotals[]> {
  const mine = tenantId === undefined ? sql`` : sql`where tenant_id = ${tenantId}`
  const rows = await db.execute<TotalsRow>(sql`
    select kind, holder, currency, sum(debit)::text as debit, sum(credit)::text as credit
    from (
      select debit_kind as kind, debit_holder as holder, currency, amount_minor as debit, 0 as credit
      from journal_transfer ${mine}
      union all
      select credit_kind, credit_holder, currency, 0, amount_minor from journal_transfer ${mine}
    ) as sides
    group by kind, holder, currency
    order by kind, holder, currency`)
  return rows.map((row) => ({
    account: { kind: row.kind, holder: row.holder },
    debit: money(row.currency, BigInt(row.debit)),
    credit: money(row.currency, BigInt(row.credit)),
  }))
}

type TotalsRow = { kind: AccountKind; holder: string; currency: string; debit: string; credit: string }
