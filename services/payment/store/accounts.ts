import { sql } from 'drizzle-orm'
import { type Money, money, type Queries, type Tx } from '#kit'
import type { AccountKind } from '../domain/books.ts'
import { type CurrencyAccount, grown } from './balances.ts'

/** An account with what is on it, and what it is held to. */
export type AccountView = {
  readonly account: CurrencyAccount
  readonly tenantId: string | null
  readonly balance: Money
  readonly minBalance: Money | undefined
  readonly maxBalance: Money | undefined
}

/** Where a page of accounts begins. */
export type AccountCursor = Pick<CurrencyAccount, 'kind' | 'holder' | 'currency'>

/** A company's accounts, or with undefined everybody's, by kind, holder and currency; new ones as soon as they are used. */
export async function listAccounts(
  db: Queries,
  page: { readonly tenantId: string | undefined; readonly limit: number; readonly after: AccountCursor | undefined },
): Promise<AccountView[]> {
  const { tenantId, after } = page
  const rows = await db.execute<AccountRaw>(sql`
    with tail as (
      select * from journal_transfer where post_order > (select through_order from ledger_fold)
    ), used as (
      select kind, holder, currency from ledger_account
      union select debit_kind, debit_holder, currency from tail
      union select credit_kind, credit_holder, currency from tail
    )
    select used.*, ledger_tenant(kind, holder) as tenant_id, min_balance_minor::text, max_balance_minor::text,
      ledger_balance(kind, holder, currency)::text as credit_minor
    from used left join ledger_account using (kind, holder, currency)
    where ${tenantId === undefined ? sql`true` : sql`ledger_tenant(kind, holder) = ${tenantId}`}
      and ${after ? sql`(kind, holder, currency) > (${after.kind}, ${after.holder}, ${after.currency})` : sql`true`}
    order by kind, holder, currency limit ${page.limit}`)
  return rows.map(viewOf)
}

/**
 * Bounds an account's balance, and opens the account when it is new. Fails on `ledger_account_limitable` for a kind that
 * has no such limit.
 */
export async function setLimits(
  tx: Tx,
  { kind, holder, currency }: CurrencyAccount,
  minBalance: Money | undefined,
  maxBalance: Money | undefined,
): Promise<AccountView> {
  const [least, most] = [minBalance?.minor.toString() ?? null, maxBalance?.minor.toString() ?? null]
  const [row] = await tx.execute<AccountRaw>(sql`
    insert into ledger_account (kind, holder, currency, tenant_id, min_balance_minor, max_balance_minor)
    values (${kind}, ${holder}, ${currency}, ledger_tenant(${kind}, ${holder}), ${least}::bigint, ${most}::bigint)
    on conflict (kind, holder, currency) do update
      set min_balance_minor = excluded.min_balance_minor, max_balance_minor = excluded.max_balance_minor
    returning kind, holder, currency, tenant_id, min_balance_minor::text, max_balance_minor::text,
      ledger_balance(kind, holder, currency)::text as credit_minor`)
  return viewOf(row!)
}

type AccountRaw = {
  kind: AccountKind
  holder: string
  currency: string
  tenant_id: string | null
  min_balance_minor: string | null
  max_balance_minor: string | null
  credit_minor: string
}

function viewOf(row: AccountRaw): AccountView {
  const account = { kind: row.kind, holder: row.holder, currency: row.currency }
  const bound = (minor: string | null) => (minor === null ? undefined : money(row.currency, BigInt(minor)))
  return {
    account,
    tenantId: row.tenant_id,
    balance: grown(account, -BigInt(row.credit_minor)),
    minBalance: bound(row.min_balance_minor),
    maxBalance: bound(row.max_balance_minor),
  }
}
