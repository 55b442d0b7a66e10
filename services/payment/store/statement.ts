import { sql } from 'drizzle-orm'
import { type Money, money, type Queries } from '#kit'
import type { Account, AccountKind, EntryKind } from '../domain/books.ts'
import { type CurrencyAccount, rowsOfAccount } from './balances.ts'
import { at } from './rows.ts'

/** A transfer as an account sees it. */
export type StatementRow = {
  readonly entryId: string
  readonly kind: EntryKind
  readonly causeId: string
  readonly paymentIntentId: string | null
  readonly side: 'DEBIT' | 'CREDIT'
  readonly counterpart: Account
  readonly amount: Money
  readonly postTime: Date
  /** The place of the row among those of its time. */
  readonly postOrder: string
}

/** Where a page of a statement begins: after a row. */
export type StatementPlace = { readonly postTime: Date; readonly postOrder: string }

/** An account's transfers of `[start, end)`, in the order of their times. */
export async function statementRows(
  db: Queries,
  account: CurrencyAccount,
  period: { readonly start: Date; readonly end: Date },
  page: { readonly limit: number; readonly after: StatementPlace | undefined },
): Promise<StatementRow[]> {
  const { day, debit, credit } = rowsOfAccount(account)
  const startDay = sql`${period.start.toISOString().slice(0, 10)}::date`
  // The days that were folded say where in the journal to begin.
  const within = sql`
    post_order >= least(
      (select min(first_order) from account_day where ${day} and day >= ${startDay}),
      (select through_order + 1 from ledger_fold))
    and post_time >= ${at(period.start)} and post_time < ${at(period.end)}
    and ${page.after ? sql`(post_time, post_order) > (${at(page.after.postTime)}, ${page.after.postOrder}::bigint)` : sql`true`}`
  const columns = sql.raw('entry_id, kind, cause_id, payment_intent_id, amount_minor::text, post_time, post_order')
  const rows = await db.execute<StatementRaw>(sql`
    select * from (
      select ${columns}, 'DEBIT' as side, credit_kind as other_kind, credit_holder as other_holder
      from journal_transfer where ${debit} and ${within}
      union all
      select ${columns}, 'CREDIT', debit_kind, debit_holder
      from journal_transfer where ${credit} and ${within}) as lines
    order by post_time, post_order limit ${page.limit}`)
  return rows.map((row) => ({
    entryId: row.entry_id,
    kind: row.kind,
    causeId: row.cause_id,
    paymentIntentId: row.payment_intent_id,
    side: row.side,
    counterpart: { kind: row.other_kind, holder: row.other_holder },
    amount: money(account.currency, BigInt(row.amount_minor)),
    postTime: new Date(row.post_time),
    postOrder: row.post_order,
  }))
}

type StatementRaw = {
  entry_id: string
  kind: EntryKind
  cause_id: string
  payment_intent_id: string | null
  side: 'DEBIT' | 'CREDIT'
  other_kind: AccountKind
  other_holder: string
  amount_minor: string
  post_time: string
  post_order: string
}
