import { sql } from 'drizzle-orm'
import { type Money, money, type Queries } from '#kit'
import { at } from './rows.ts'

/** An agent's account within one company's journal, over `[start, end)`: what was due before, and what has changed it. */
export type AgentAccount = {
  readonly broughtForward: Money
  readonly commission: Money
  /** What refunds took back of it. */
  readonly takenBack: Money
  readonly paid: Money
  readonly adjustments: Money
}

/** What an agent has sold that was not paid in cash. */
export type CashlessSales = { readonly amount: Money; readonly count: number }

type Agent = { readonly tenantId: string; readonly agentUserId: string; readonly currency: string }
type Period = { readonly start: Date; readonly end: Date }

/** Adds up what an agent has sold over `[start, end)` and was paid by phone, card or wallet. */
export async function cashlessSales(
  db: Queries,
  { tenantId, agentUserId, currency }: Agent,
  period: Period,
): Promise<CashlessSales> {
  const [row] = await db.execute<{ minor: string; count: number }>(sql`
    select coalesce(sum(i.amount_minor), 0)::text as minor, count(*)::int as count
    from payment_intent i join payment_attempt a on a.attempt_id = i.attempt_id
    where i.tenant_id = ${tenantId}::uuid and i.seller_user_id = ${agentUserId}::uuid and i.currency = ${currency}
      and i.state = 'SUCCEEDED' and a.provider <> 'cash'
      and i.succeed_time >= ${at(period.start)} and i.succeed_time < ${at(period.end)}`)
  return { amount: money(currency, BigInt(row?.minor ?? 0)), count: row?.count ?? 0 }
}

/** Adds an agent's entries up: commission is what captures gave, paid is what payouts took, less what came back. */
export async function agentAccount(db: Queries, agent: Agent, period: Period): Promise<AgentAccount> {
  const { tenantId, agentUserId, currency } = agent
  const [row] = await db.execute<{
    brought: string
    commission: string
    back: string
    paid: string
    other: string
  }>(sql`
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
        and kind in ('REFUND_PROMISED', 'REFUND_RELEASED')), 0)::text as back,
      coalesce(-sum(minor) filter (where post_time >= ${at(period.start)}
        and kind in ('PAYOUT_PROMISED', 'PAYOUT_RELEASED')), 0)::text as paid,
      coalesce(sum(minor) filter (where post_time >= ${at(period.start)}
        and kind not in ('CAPTURE', 'REFUND_PROMISED', 'REFUND_RELEASED', 'PAYOUT_PROMISED', 'PAYOUT_RELEASED')), 0)::text as other
    from change`)
  const amount = (minor: string | undefined) => money(currency, BigInt(minor ?? 0))
  return {
    broughtForward: amount(row?.brought),
    commission: amount(row?.commission),
    takenBack: amount(row?.back),
    paid: amount(row?.paid),
    adjustments: amount(row?.other),
  }
}
