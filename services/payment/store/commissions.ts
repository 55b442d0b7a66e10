import { sql } from 'drizzle-orm'
import type { Tx } from '#kit'
import type { Commission } from '../domain/commission.ts'

/** What agents have had of an attempt that was paid, and what refunds have taken back of it; nobody when none has sold it. */
export async function commissionsOf(
  tx: Tx,
  { attemptId, paymentIntentId }: { readonly attemptId: string; readonly paymentIntentId: string },
): Promise<Commission[]> {
  const rows = await tx.execute<{ agent: string; platform: boolean; earned: string; back: string }>(sql`
    select case when credit_kind = 'AGENT_FLOAT' then credit_holder else debit_holder end as agent,
      'COMMISSION_EXPENSE' in (debit_kind, credit_kind) as platform,
      coalesce(sum(amount_minor) filter (where kind = 'CAPTURE'), 0)::text as earned,
      coalesce(sum(case kind when 'REFUND_PROMISED' then amount_minor when 'REFUND_RELEASED' then -amount_minor end), 0)::text
        as back
    from journal_transfer
    where payment_intent_id = ${paymentIntentId} and 'AGENT_FLOAT' in (debit_kind, credit_kind)
      and (cause_id = ${attemptId} and kind = 'CAPTURE' or kind in ('REFUND_PROMISED', 'REFUND_RELEASED'))
    group by 1, 2`)
  return rows.map(({ agent, platform, earned, back }) => ({
    agentUserId: agent,
    bearer: platform ? 'PLATFORM' : 'COMPANY',
    earnedMinor: BigInt(earned),
    takenBackMinor: BigInt(back),
  }))
}
