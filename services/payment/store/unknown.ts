import { sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { at } from './rows.ts'

/** Something of which the provider has not said what became of it. */
export type LongUnknown = {
  readonly entity: 'ATTEMPT' | 'REFUND' | 'PAYOUT'
  readonly subjectId: string
  readonly tenantId: string
  readonly paymentIntentId: string | undefined
  readonly provider: string
}

/** How many of one kind are without an outcome at one provider, and since when the oldest is. */
export type UnknownCount = {
  readonly entity: string
  readonly provider: string
  readonly count: number
  readonly oldestSeconds: number
}

/** Everything that a provider may have and has not spoken about; what never can have been taken is not among it. */
const open = sql`
  open as (
    select 'ATTEMPT' as entity, attempt_id as subject_id, tenant_id, payment_intent_id, provider
    from payment_attempt where next_action_time is not null and state in ('CREATED', 'PENDING', 'UNKNOWN')
    union all
    select 'REFUND', refund_id, tenant_id, payment_intent_id, provider
    from payment_refund where next_action_time is not null and state in ('CREATED', 'PENDING', 'UNKNOWN', 'RETRYING')
    union all
    select 'PAYOUT', payout_id, tenant_id, null, provider
    from payout where next_action_time is not null and maybe_taken and state <> 'APPROVED'
  ), aged as (
    -- From its first send on: a payout may have waited for its approval for days.
    select open.*, (select min(change_time) from state_change
                    where entity_id = subject_id and to_state in ('CREATED', 'SENDING')) as since
    from open
  )`

type Row = {
  entity: LongUnknown['entity']
  subject_id: string
  tenant_id: string
  payment_intent_id: string | null
  provider: string
}

/** What has been without an outcome since before `cutoff` and was not reported yet; from now on it is. */
export async function reportLongUnknown(tx: Tx, cutoff: Date, now: Date, limit: number): Promise<LongUnknown[]> {
  const rows = await tx.execute<Row>(sql`
    with ${open}, fresh as (
      insert into long_unknown (subject_id, entity, tenant_id, tell_time)
      select subject_id, entity, tenant_id, ${at(now)} from aged
      where since < ${at(cutoff)} and subject_id not in (select subject_id from long_unknown)
      order by since limit ${limit}
      on conflict do nothing returning subject_id
    )
    select aged.* from aged join fresh using (subject_id)`)
  return rows.map((row) => ({
    entity: row.entity,
    subjectId: row.subject_id,
    tenantId: row.tenant_id,
    paymentIntentId: row.payment_intent_id ?? undefined,
    provider: row.provider,
  }))
}

/** How many are without an outcome, and how old the oldest is, by kind and provider. */
export async function countUnknown(db: Queries, now: Date): Promise<UnknownCount[]> {
  const rows = await db.execute<{ entity: string; provider: string; count: number; oldest: number }>(sql`
    with ${open}
    select entity, provider, count(*)::int as count,
      coalesce(extract(epoch from ${at(now)} - min(since)), 0)::float as oldest
    from aged group by entity, provider`)
  return rows.map(({ entity, provider, count, oldest }) => ({ entity, provider, count, oldestSeconds: oldest }))
}
