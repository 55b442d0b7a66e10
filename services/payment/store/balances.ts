import { type SQL, sql } from 'drizzle-orm'
import { type Money, money, type Queries } from '#kit'
import { type Account, type AccountKind, normalSides } from '../domain/books.ts'
import { at } from './rows.ts'

/** What was debited and credited on one account in all. */
export type AccountTotals = { readonly account: Account; readonly debit: Money; readonly credit: Money }

/** One account in one currency. */
export type CurrencyAccount = Account & { readonly currency: string }

/**
 * Sums of every account, over one company's entries or over all.
 *
 * @param until counts what was posted before it; undefined counts all
 */
export async function accountTotals(db: Queries, tenantId: string | undefined, until?: Date): Promise<AccountTotals[]> {
  const mine = tenantId === undefined ? sql`true` : sql`tenant_id = ${tenantId}`
  const rows = await db.execute<TotalsRow>(sql`
    select kind, holder, currency, sum(debit)::text as debit, sum(credit)::text as credit
    from (${sidesUntil({ day: mine, debit: mine, credit: mine }, until)}) as sides
    group by kind, holder, currency
    order by kind, holder, currency`)
  return rows.map((row) => ({
    account: { kind: row.kind, holder: row.holder },
    debit: money(row.currency, BigInt(row.debit)),
    credit: money(row.currency, BigInt(row.credit)),
  }))
}

type TotalsRow = { kind: AccountKind; holder: string; currency: string; debit: string; credit: string }

/** What is on an account, on the side on which it grows. @param until as in {@link accountTotals} */
export async function balanceOf(db: Queries, account: CurrencyAccount, until?: Date): Promise<Money> {
  const [row] = await db.execute<{ minor: string }>(sql`
    select coalesce(sum(debit - credit), 0)::text as minor
    from (${sidesUntil(rowsOfAccount(account), until)}) as sides`)
  return grown(account, BigInt(row?.minor ?? 0))
}

/** Debits less credits as a balance on the side on which the account grows. */
export function grown({ kind, currency }: CurrencyAccount, debitMinor: bigint): Money {
  return money(currency, normalSides[kind] === 'DEBIT' ? debitMinor : -debitMinor)
}

/** Conditions on folded days, and on rows of the journal that debit or credit what is asked for. */
type Conditions = { readonly day: SQL; readonly debit: SQL; readonly credit: SQL }

/** The rows of one account. */
export function rowsOfAccount({ kind, holder, currency }: CurrencyAccount): Conditions {
  return {
    day: sql`(kind = ${kind} and holder = ${holder} and currency = ${currency})`,
    debit: sql`(debit_kind = ${kind} and debit_holder = ${holder} and currency = ${currency})`,
    credit: sql`(credit_kind = ${kind} and credit_holder = ${holder} and currency = ${currency})`,
  }
}

/**
 * Debits and credits up to a time: whole days that are folded, then the rows that no fold has reached, and of the day of
 * `until` itself the folded rows one by one.
 */
function sidesUntil(conditions: Conditions, until: Date | undefined): SQL {
  const tail = sql`post_order > (select through_order from ledger_fold)`
  const days = (only: SQL) => sql`
    select kind, holder, currency, debit_minor as debit, credit_minor as credit
    from account_day where ${conditions.day} and ${only}`
  if (!until) return sql`${days(sql`true`)} union all ${bothSides(conditions, tail)}`
  const day = sql`${until.toISOString().slice(0, 10)}::date`
  const thatDay = sql`
    post_order between (select min(first_order) from account_day where day = ${day} and ${conditions.day})
      and (select max(last_order) from account_day where day = ${day} and ${conditions.day})
    and post_order <= (select through_order from ledger_fold)
    and (post_time at time zone 'UTC')::date = ${day} and post_time < ${at(until)}`
  return sql`
    ${days(sql`day < ${day}`)}
    union all ${bothSides(conditions, sql`${tail} and post_time < ${at(until)}`)}
    union all ${bothSides(conditions, thatDay)}`
}

function bothSides({ debit, credit }: Conditions, condition: SQL): SQL {
  return sql`
    select debit_kind as kind, debit_holder as holder, currency, amount_minor::numeric as debit, 0::numeric as credit
    from journal_transfer where ${debit} and ${condition}
    union all
    select credit_kind, credit_holder, currency, 0::numeric, amount_minor::numeric
    from journal_transfer where ${credit} and ${condition}`
}
