import { and, desc, eq, sql } from 'drizzle-orm'
import type { Money, Queries, Tx } from '#kit'
import type { AccountKind } from '../domain/books.ts'
import type { EarlierStatement, Flow, SourceKind } from '../domain/statement.ts'
import { payout } from './payout_schema.ts'
import { itemsOf } from './payouts.ts'

/** The account of the books that pays, in one currency. */
export type Source = {
  readonly tenantId: string
  readonly kind: SourceKind
  readonly holder: string
  readonly currency: string
}

/** Has payouts of one account wait for one another until this transaction ends; payments into it do not wait. */
export async function lockPayoutsOf(tx: Tx, { tenantId, kind, holder, currency }: Source): Promise<void> {
  await tx.execute(sql`select lock_payouts_of(${tenantId}::uuid, ${kind}, ${holder}, ${currency})`)
}

type FlowRow = {
  capture: boolean
  debit: AccountKind
  credit: AccountKind
  debit_is_source: boolean
  credit_is_source: boolean
  minor: string
}

/** Everything in a company's journal that bears on an account that pays, summed by shape. */
export async function flowsOf(db: Queries, { tenantId, kind, holder, currency }: Source): Promise<Flow[]> {
  const rows = await db.execute<FlowRow>(sql`
    select kind = 'CAPTURE' as capture, debit_kind as debit, credit_kind as credit,
      (debit_kind, debit_holder) = (${kind}, ${holder}) as debit_is_source,
      (credit_kind, credit_holder) = (${kind}, ${holder}) as credit_is_source,
      sum(amount_minor)::text as minor
    from journal_transfer where tenant_id = ${tenantId} and currency = ${currency}
    group by 1, 2, 3, 4, 5`)
  return rows.map((row) => ({
    capture: row.capture,
    debit: row.debit,
    credit: row.credit,
    debitIsSource: row.debit_is_source,
    creditIsSource: row.credit_is_source,
    minor: BigInt(row.minor),
  }))
}

/** The statement of the latest payout from an account; undefined before the first. */
export async function latestStatement(db: Queries, source: Source): Promise<EarlierStatement | undefined> {
  const [latest] = await db
    .select({ payoutId: payout.payoutId, dueMinor: payout.dueMinor })
    .from(payout)
    .where(
      and(
        eq(payout.tenantId, source.tenantId),
        eq(payout.sourceKind, source.kind),
        eq(payout.sourceHolder, source.holder),
        eq(payout.currency, source.currency),
      ),
    )
    .orderBy(desc(payout.createTime), desc(payout.payoutId))
    .limit(1)
  if (!latest) return undefined
  const items = await itemsOf(db, latest.payoutId)
  return { dueMinor: latest.dueMinor, totals: new Map(items.map(({ kind, totalMinor }) => [kind, totalMinor])) }
}

/** Whose limit of a day it is: a company's id, or the platform. */
export type CapHolder = string

/** Counts an amount against a day's limit. Fails on `payout_day_within_cap` when the limit would be passed. */
export async function countAgainstCap(
  tx: Tx,
  day: string,
  holder: CapHolder,
  amount: Money,
  cap: Money,
): Promise<void> {
  const minor = amount.minor.toString()
  const capMinor = cap.minor.toString()
  await tx.execute(sql`
    insert into payout_day (cap_day, holder, currency, cap_minor, used_minor)
    values (${day}::date, ${holder}, ${amount.currency}, ${capMinor}::bigint, ${minor}::bigint)
    on conflict (cap_day, holder, currency) do update
    set used_minor = payout_day.used_minor + excluded.used_minor, cap_minor = excluded.cap_minor`)
}

/** Gives back what a payout counted against a day's limit, because nothing was sent. */
export async function uncountFromCap(tx: Tx, day: string, holder: CapHolder, amount: Money): Promise<void> {
  await tx.execute(sql`
    update payout_day set used_minor = used_minor - ${amount.minor.toString()}::bigint
    where cap_day = ${day}::date and holder = ${holder} and currency = ${amount.currency}`)
}
