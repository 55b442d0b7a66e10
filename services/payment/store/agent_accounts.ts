import { sql } from 'drizzle-orm'
import { type Money, money, type Queries } from '#kit'
import { at } from './rows.ts'

/** An agent's account within one company's journal, over `[start, end)`: what was due before, and what has changed it. */
export type AgentAccount = {
  readonly broughtForward: Money
  readonly commission: Money
  readonly paid: Money
  readonly adjustments: Money
}

/** Adds an agent's entries up: commission is what captures gave, paid is what payouts took, less what came back. */
export async function agentAccount(
  db: Queries,
  agent: { readonly tenantId: string; readonly agentUserId: string; readonly currency: string },
  period: { readonly start: Date; readonly end: Date },
): Promise<AgentAccount> {
  const { tenantId, agentUserId, currency } = agent
  const [row] = await db.execute<{ brought: string; commission: string; paid: string; other: string }>(sql`
    with change as (
      select kind, post_time, amount_minor as minor from journal_transfer
      where credit_kind = 'AGENT_FLOAT' and credit_holder = ${agentUserId} and currency = ${currency}
        and tenant_id = ${tenantId}::uuid and post_time < ${at(period.end)}
      union all
      select kind, post_time, -amount_minor from journal_transfer
      where debit_kind = 'AGENT_FLOAT' and debit_holder = ${agentUserId} and currency = ${currency}
        and tenant_id = ${tenantId}::uuid and post_time < ${at(period.end)}
    )
    select coalesce(sum(minor) filter (where post_time < ${at(period.start)}), 0)::text as brought,
      coalesce(sum(minor) filter (where post_time >= ${at(period.start)} and kind = 'CAPTURE'), 0)::text as commission,
      coalesce(-sum(minor) filter (where post_time >= ${at(period.start)}
        and kind in ('PAYOUT_PROMISED', 'PAYOUT_RELEASED')), 0)::text as paid,
      coalesce(sum(minor) filter (where post_time >= ${at(period.start)}
        and kind not in ('CAPTURE', 'PAYOUT_PROMISED', 'PAYOUT_RELEASED')), 0)::text as other
    from change`)
  const amount = (minor: string | undefined) => money(currency, BigInt(minor ?? 0))
  return {
    broughtForward: amount(row?.brought),
    commission: amount(row?.commission),
    paid: amount(row?.paid),
    adjustments: amount(row?.other),
  }
}
