import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import { aboutTheTimeOf, concerning, movements, type Period } from './movements.ts'

/** The reconciliation whose lines are matched. */
export type Matched = Period & { readonly reconciliationId: string; readonly provider: string }

/** Lets one reconciliation of a provider at a time decide: two files at once could make one difference two breaks. */
export async function lockProvider(tx: Tx, provider: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`reconciliation ${provider}`}, 0))`)
}

/** A line whose receipt stood in the file before, and one that failed where another line of its receipt did not. */
export async function markDuplicates(tx: Tx, { reconciliationId }: Matched): Promise<void> {
  await tx.execute(sql`
    update settlement_line as line
    set repetition = known.nth - 1,
      finding = case when not line.completed then 'NOT_COMPLETED' when line.kind <> 'FEE' then 'DUPLICATE' end
    from (
      select line_number,
        -- A fee bears the receipt of what it is the fee of; fees of one receipt are told apart by amount and time.
        row_number() over (
          partition by receipt, incoming, kind = 'FEE',
            case when kind = 'FEE' then amount_minor::text || complete_time::text end
          order by completed desc, line_number) as nth
      from settlement_line where reconciliation_id = ${reconciliationId}
    ) as known
    where line.reconciliation_id = ${reconciliationId} and line.line_number = known.line_number and known.nth > 1`)
}

/** Lines whose receipt one of our movements has: whatever else differs, it is that one. */
export async function matchByReceipt(tx: Tx, { reconciliationId }: Matched): Promise<void> {
  await tx.execute(sql`
    update settlement_line as line
    set subject_id = m.subject_id, subject_tenant_id = m.tenant_id, subject_currency = m.currency,
      subject_minor = m.amount_minor, subject_succeeded = m.state = 'SUCCEEDED',
      finding = case
        when not line.completed and m.state <> 'SUCCEEDED' then 'NOT_COMPLETED'
        when line.completed <> (m.state = 'SUCCEEDED') then 'STATUS_DIFFERS'
        when line.currency <> m.currency then 'CURRENCY_DIFFERS'
        when line.amount_minor <> m.amount_minor then 'AMOUNT_DIFFERS'
        else 'MATCHED' end
    from ${movements} as m
    where line.reconciliation_id = ${reconciliationId} and line.finding is null and line.kind <> 'FEE'
      and m.provider = line.provider and m.receipt = line.receipt and m.incoming = line.incoming`)
}

/**
 * Lines with our reference, amount and time, for movements whose receipt is not known here. One that two movements could
 * be, or a movement that two lines could be, is left to a person.
 */
export async function matchByReference(tx: Tx, matched: Matched): Promise<void> {
  const { reconciliationId } = matched
  await tx.execute(sql`
    with candidate as (
      -- Once, though our reference and the request's may be one.
      select distinct line.line_number, m.*,
        case m.state when 'SUCCEEDED' then 0 when 'FAILED' then 2 else 1 end as preference
      from settlement_line as line
      cross join lateral (values (line.reference), (line.request_reference)) as listed(name)
      join (${movements} as m cross join lateral (values (upper(m.reference)), (m.request_reference)) as named(name))
        on m.provider = line.provider and m.incoming = line.incoming and named.name = listed.name
        and m.currency = line.currency and m.amount_minor = line.amount_minor and ${aboutTheTimeOf(sql`line`, sql`m`)}
      where line.reconciliation_id = ${reconciliationId} and line.finding is null and line.completed
        and line.kind <> 'FEE' and line.reference <> '' and m.receipt is null and ${concerning(sql`m`, matched)}
        -- What another receipt was found for is not found again.
        and not exists (select from settlement_line as other
          where other.subject_id = m.subject_id and other.receipt <> line.receipt and not other.asked)
    ), best as (
      select *, count(*) over (partition by line_number, preference) as rivals,
        row_number() over (partition by line_number order by preference) as nth
      from candidate
    ), sole as (
      select *, count(*) over (partition by subject_id) as claims from best where nth = 1 and rivals = 1
    )
    update settlement_line as line
    set subject_id = sole.subject_id, subject_tenant_id = sole.tenant_id, subject_currency = sole.currency,
      subject_minor = sole.amount_minor, subject_succeeded = sole.state = 'SUCCEEDED',
      finding = case when sole.state = 'SUCCEEDED' then 'MATCHED' else 'STATUS_DIFFERS' end
    from sole
    where line.reconciliation_id = ${reconciliationId} and line.line_number = sole.line_number and sole.claims = 1`)
}

/** Gives payments their receipt that were settled without one, now that the provider has listed it. */
export async function learnReceipts(tx: Tx, { reconciliationId }: Matched): Promise<void> {
  await tx.execute(sql`
    update payment_attempt as attempt set receipt = line.receipt
    from settlement_line as line
    where line.reconciliation_id = ${reconciliationId} and line.finding = 'MATCHED'
      and attempt.attempt_id = line.subject_id and attempt.state = 'SUCCEEDED' and attempt.receipt is null
      and not exists (select from payment_attempt as other
        where other.provider = attempt.provider and other.receipt = line.receipt)`)
}

/** What no rule has matched. */
export async function findTheRest(tx: Tx, { reconciliationId }: Matched): Promise<void> {
  await tx.execute(sql`
    update settlement_line
    set finding = case when not completed then 'NOT_COMPLETED' when kind = 'FEE' then 'FEE' else 'MISSING_HERE' end
    where reconciliation_id = ${reconciliationId} and finding is null`)
}

/** A sum of fees in one currency. */
export type FeeSum = { readonly currency: string; readonly incoming: boolean; readonly minor: bigint }

/** Marks the fees that no earlier file had as booked, and gives their sums. */
export async function takeUnbookedFees(tx: Tx, { reconciliationId }: Matched): Promise<FeeSum[]> {
  const rows = await tx.execute<{ currency: string; incoming: boolean; minor: string }>(sql`
    with taken as (
      update settlement_line as line set booked = true
      where line.reconciliation_id = ${reconciliationId} and line.finding = 'FEE' and line.completed
        and line.repetition = 0
        and not exists (select from settlement_line as earlier
          where earlier.provider = line.provider and earlier.receipt = line.receipt and earlier.booked
            and earlier.incoming = line.incoming and earlier.amount_minor = line.amount_minor
            and earlier.complete_time = line.complete_time and earlier.reconciliation_id <> line.reconciliation_id)
      returning currency, incoming, amount_minor
    )
    select currency, incoming, sum(amount_minor)::text as minor from taken
    group by currency, incoming order by currency, incoming`)
  return rows.map(({ currency, incoming, minor }) => ({ currency, incoming, minor: BigInt(minor) }))
}

/** Whether movements of an account are to stand in a file, as a condition. */
const inAccount = (account: string) => (account === 'ALL' ? sql`` : sql`and m.account = ${account}`)

/** Our movements of the period, done, of which no line of any file tells. */
const unlisted = ({ provider, fromTime, toTime }: Matched, account: string) => sql`
  from ${movements} as m
  where m.provider = ${provider} and m.state = 'SUCCEEDED' ${inAccount(account)}
    and m.settle_time >= ${fromTime.toISOString()}::timestamptz and m.settle_time < ${toTime.toISOString()}::timestamptz
    and not exists (select from settlement_line as line where line.subject_id = m.subject_id and not line.asked)`

/** A difference that is not known yet. */
export type Gap = {
  readonly kind: string
  readonly subjectKey: string
  readonly lineNumber: number | null
  readonly incoming: boolean
  /** As the tables have it: sealed. */
  readonly receipt: string
  readonly reference: string
  readonly providerCurrency: string | null
  readonly providerMinor: string | null
  readonly ourCurrency: string | null
  readonly ourMinor: string | null
  readonly tenantId: string | null
  readonly subjectId: string | null
  readonly occurTime: string
}

/** Differences that this reconciliation's lines show and that are no break yet, at most `limit`. */
export async function gapsInLines(tx: Tx, matched: Matched, limit: number): Promise<Gap[]> {
  const rows = await tx.execute<Gap & Record<string, unknown>>(sql`
    with gap as (
      select line.*, coalesce(nullif(line.receipt, ''), line.subject_id::text) || case when line.incoming then ' in' else ' out' end
        || case when line.repetition > 0 then ' ' || line.repetition else '' end as subject_key
      from settlement_line as line
      where line.reconciliation_id = ${matched.reconciliationId}
        and line.finding in ('MISSING_HERE', 'AMOUNT_DIFFERS', 'CURRENCY_DIFFERS', 'STATUS_DIFFERS', 'DUPLICATE')
    )
    select gap.finding as kind, gap.subject_key as "subjectKey", gap.line_number as "lineNumber",
      gap.incoming, gap.receipt, gap.reference,
      case when gap.completed then gap.currency end as "providerCurrency",
      case when gap.completed then gap.amount_minor::text end as "providerMinor",
      case when gap.subject_succeeded then gap.subject_currency end as "ourCurrency",
      case when gap.subject_succeeded then gap.subject_minor::text end as "ourMinor",
      gap.subject_tenant_id as "tenantId", gap.subject_id as "subjectId",
      gap.complete_time::text as "occurTime"
    from gap
    where not exists (select from reconciliation_break as known
      where known.provider = gap.provider and known.kind = gap.finding and known.subject_key = gap.subject_key)
    order by gap.line_number limit ${limit}`)
  return [...rows]
}

/** Our movements that the provider does not list and that are no break yet, at most `limit`. */
export async function gapsInBooks(tx: Tx, matched: Matched, account: string, limit: number): Promise<Gap[]> {
  const rows = await tx.execute<Gap & Record<string, unknown>>(sql`
    select 'MISSING_THERE' as kind, m.subject_id::text as "subjectKey", null as "lineNumber", m.incoming,
      coalesce(m.receipt, '') as receipt, m.reference, null as "providerCurrency", null as "providerMinor",
      m.currency as "ourCurrency", m.amount_minor::text as "ourMinor", m.tenant_id as "tenantId",
      m.subject_id as "subjectId", m.settle_time::text as "occurTime"
    ${unlisted(matched, account)}
      and not exists (select from reconciliation_break as known
        where known.provider = m.provider and known.kind = 'MISSING_THERE' and known.subject_key = m.subject_id::text)
    order by m.settle_time, m.subject_id limit ${limit}`)
  return [...rows]
}

/**
 * Freezes what was found: by finding and currency, what each side says. A line that failed counts nothing.
 *
 * @param account whose movements were to be listed; undefined when the provider was asked about each of ours instead
 */
export async function freezeTotals(tx: Tx, matched: Matched, account: string | undefined): Promise<void> {
  const { reconciliationId } = matched
  const ours =
    account === undefined
      ? sql``
      : sql`union all select 'MISSING_THERE', m.currency, 1, 0, ${signed(sql`m`)} ${unlisted(matched, account)}`
  await tx.execute(sql`
    insert into reconciliation_total (reconciliation_id, finding, currency, item_count, provider_minor, our_minor)
    select ${reconciliationId}::uuid, finding, currency, sum(items), sum(theirs), sum(ours)
    from (
      select finding, currency, 1 as items, case when completed then ${signed(sql`line`)} else 0 end as theirs, 0 as ours
      from settlement_line as line where reconciliation_id = ${reconciliationId}
      union all
      select finding, subject_currency, 0, 0, case when incoming then subject_minor else -subject_minor end
      from settlement_line where reconciliation_id = ${reconciliationId} and subject_succeeded
      ${ours}
    ) as side
    group by finding, currency`)
}

const signed = (row: ReturnType<typeof sql>) =>
  sql`case when ${row}.incoming then ${row}.amount_minor else -${row}.amount_minor end`
