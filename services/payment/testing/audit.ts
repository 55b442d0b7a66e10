import { expect } from 'vitest'
import { money } from '#kit'
import type { Payment, Sandbox } from '../../../deploy/sandbox/index.ts'
import type { Stage } from './stage.ts'

/** What came in, what went back and what was sent out by one provider, in minor units of its own currency. */
type Moved = { readonly taken: number; readonly givenBack: number; readonly paidOut: number }

const wallets = { mpesa: 'M-PESA', mtn: 'MTN MoMo', airtel: 'Airtel Money' } as const
const incoming = ['stk-push', 'c2b', 'collection']
/** M-Pesa sends what comes after a first refund by the way of its payouts. */
const outgoing = ['b2c', 'transfer', 'refund', 'reversal']

/**
 * Proves that nothing was lost and nothing happened twice, to the minor unit:
 * what the providers say that they took, gave back and sent is what our rows say; what our rows say is what the books
 * say; money taken is what is due to companies and the platform, promised back, paid out, or nobody's; and every paid order
 * was told of once.
 *
 * @param payments of all phones that paid; the newest 500 of all unless given
 */
export async function audit(
  { sql: sqlOf }: Pick<Stage, 'sql'>,
  sandbox: Sandbox,
  payments: readonly Payment[] = sandbox.payments(),
): Promise<void> {
  const sql = sqlOf('payment')
  const rows = await sql<{ provider: string; taken: number; out: number }[]>`
    select provider, sum(taken)::int as taken, sum(out)::int as out from (
      select provider, coalesce(provider_amount_minor, amount_minor) as taken, 0 as out
        from payment_attempt where state = 'SUCCEEDED'
      union all select provider, 0, coalesce(provider_amount_minor, amount_minor)
        from payment_refund where state = 'SUCCEEDED'
      union all select provider, 0, amount_minor from payout where state = 'SUCCEEDED') as moved
    group by provider order by provider`
  const ours = Object.fromEntries(rows.map(({ provider, taken, out }) => [provider, { taken, out }]))
  for (const [provider, there] of Object.entries(movedAt(sandbox, payments))) {
    const here = ours[provider] ?? { taken: 0, out: 0 }
    expect({ provider, ...here }).toEqual({ provider, taken: there.taken, out: there.givenBack + there.paidOut })
  }
  await booksAgree(sql)
}

/** What each provider says. */
function movedAt(sandbox: Sandbox, payments: readonly Payment[]): Record<string, Moved> {
  const paid = payments.filter(({ outcome }) => outcome?.receipt !== undefined)
  const entries = Object.entries(wallets).map(([provider, wallet]) => {
    const own = paid.filter((payment) => payment.wallet === wallet)
    const sum = (kinds: readonly string[]) =>
      own
        .filter(({ kind }) => kinds.includes(kind))
        .reduce((total, { amount, currency }) => total + Number(money(currency, 1).minor) * amount, 0)
    return [provider, { taken: sum(incoming), givenBack: 0, paidOut: sum(outgoing) }]
  })
  const { captured = 0, refunded = 0 } = sandbox.paypal.totals()['USD'] ?? {}
  return { ...Object.fromEntries(entries), paypal: { taken: captured, givenBack: refunded, paidOut: 0 } } as Record<
    string,
    Moved
  >
}

async function booksAgree(sql: ReturnType<Stage['sql']>): Promise<void> {
  const [row] = await sql<Record<string, number>[]>`
    with line as (
      select kind, debit_kind as account, debit_holder as holder, amount_minor as minor from journal_transfer
      union all select kind, credit_kind, credit_holder, -amount_minor from journal_transfer),
    balance as (select account, coalesce(sum(minor), 0)::int as minor from line group by account)
    select
      coalesce((select sum(minor) from line), 0)::int as trial,
      coalesce((select sum(minor) from line where kind = 'CAPTURE' and minor > 0), 0)::int as captured,
      coalesce((select sum(amount_minor) from payment_attempt where state = 'SUCCEEDED'), 0)::int as attempts,
      coalesce((select sum(captured_minor) from payment_intent), 0)::int as intents,
      coalesce((select minor from balance where account = 'PROVIDER_CLEARING'), 0) as clearing,
      coalesce((select sum(amount_minor) from payment_refund where state = 'SUCCEEDED'), 0)::int as refunded,
      coalesce((select sum(amount_minor) from payout where state = 'SUCCEEDED'), 0)::int as paid_out,
      -coalesce((select sum(minor) from balance where account in ('TENANT_PAYABLE', 'PLATFORM_FEE', 'REFUNDS_PENDING',
        'PAYOUTS_PENDING', 'SUSPENSE')), 0)::int as held,
      (select count(*)::int from payment_intent where state = 'SUCCEEDED') as paid_orders,
      (select count(*)::int from outbox where subject like '%PaymentSucceeded%') as told`
  if (!row) throw new Error('the books cannot be read')
  const { trial, captured, attempts, intents, clearing, refunded, paid_out: paidOut, held, paid_orders, told } = row
  expect({ trial, captured, intents, told }).toEqual({
    trial: 0,
    captured: attempts,
    intents: attempts,
    told: paid_orders,
  })
  expect(clearing).toBe(captured! - refunded! - paidOut!)
  expect(held).toBe(clearing)
}
