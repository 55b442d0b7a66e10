import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'

/**
 * Adds up what the journal gained since the last fold, by account, company and day, and opens the accounts that are new.
 *
 * Rows are numbered before they are committed, so a number alone does not say that all before it are there. So a fold only
 * remembers how far the numbers have come, and the id of its own transaction; a later fold goes that far, once every
 * transaction older than that one is over. Returns whether it came further.
 */
export async function foldJournal(tx: Tx): Promise<boolean> {
  // Read before this transaction has an id: whoever drew a number by now has a lower one.
  const [numbers] = await tx.execute<{ latest: string }>(
    sql`select (case when is_called then last_value else 0 end)::text as latest from journal_order`,
  )
  const [state] = await tx.execute<FoldState>(sql`
    select candidate_xact <= pg_snapshot_xmin(pg_current_snapshot()) as ready,
      candidate_xact > pg_current_xact_id() as foreign
    from ledger_fold for update`)
  // Somebody who was writing when the candidate was noted is writing still. A candidate of the future is of another
  // server, of which this database is a copy, and says nothing here.
  if (!state?.ready && !state?.foreign) return false
  if (state.ready) await tx.execute(foldReady)
  await tx.execute(sql`
    update ledger_fold set
      through_order = case when ${state.ready} then candidate_order else through_order end,
      candidate_order = ${numbers?.latest ?? '0'}::bigint, candidate_xact = pg_current_xact_id()`)
  return state.ready
}

type FoldState = { ready: boolean; foreign: boolean }

const foldReady = sql`
  with ready as (
    select through_order, candidate_order from ledger_fold
  ), sides as (
    select debit_kind as kind, debit_holder as holder, currency, tenant_id, post_time, post_order,
      amount_minor as debit, 0 as credit
    from journal_transfer, ready where post_order > through_order and post_order <= candidate_order
    union all
    select credit_kind, credit_holder, currency, tenant_id, post_time, post_order, 0, amount_minor
    from journal_transfer, ready where post_order > through_order and post_order <= candidate_order
  ), opened as (
    insert into ledger_account (kind, holder, currency, tenant_id, min_balance_minor)
    select distinct kind, holder, currency, ledger_tenant(kind, holder),
      case when kind in ('TENANT_PAYABLE', 'AGENT_FLOAT', 'DRIVER_WALLET') then 0 end
    from sides on conflict do nothing
  )
  insert into account_day as known
    (kind, holder, currency, tenant_id, day, debit_minor, credit_minor, first_order, last_order)
  select kind, holder, currency, tenant_id, (post_time at time zone 'UTC')::date,
    sum(debit), sum(credit), min(post_order), max(post_order)
  from sides group by 1, 2, 3, 4, 5
  on conflict (kind, holder, currency, tenant_id, day) do update set
    debit_minor = known.debit_minor + excluded.debit_minor,
    credit_minor = known.credit_minor + excluded.credit_minor,
    first_order = least(known.first_order, excluded.first_order),
    last_order = greatest(known.last_order, excluded.last_order)`
