import { sql } from 'drizzle-orm'
import type { Money, Tx } from '#kit'
import { at } from './rows.ts'
import { rowsOfCause } from './journal.ts'

/** A payment that staff have taken in cash. */
export type CashPayment = {
  readonly paymentIntentId: string
  readonly attemptId: string
  readonly callbackToken: string
  readonly tenantId: string
  readonly orderId: string
  readonly orderReference: string
  readonly description: string
  readonly amount: Money
  readonly collectTime: Date
  readonly collectorUserId: string
}

/**
 * Writes payments down as paid, each with its attempt, in one statement whose text is the same for any number of them.
 *
 * @returns the intents that are new; what was written down before stays as it is
 */
export async function insertCashPayments(
  tx: Tx,
  payments: readonly CashPayment[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const list = (type: string, value: (one: CashPayment) => string) =>
    sql`${sql.param(payments.map(value))}::${sql.raw(type)}[]`
  const rows = await tx.execute<{ payment_intent_id: string }>(sql`
    with given as materialized (
      select * from unnest(
        ${list('uuid', (one) => one.paymentIntentId)}, ${list('uuid', (one) => one.attemptId)},
        ${list('text', (one) => one.callbackToken)}, ${list('uuid', (one) => one.tenantId)},
        ${list('uuid', (one) => one.orderId)}, ${list('text', (one) => one.orderReference)},
        ${list('text', (one) => one.description)}, ${list('text', (one) => one.amount.currency)},
        ${list('bigint', (one) => one.amount.minor.toString())},
        ${list('text', (one) => one.collectTime.toISOString())}::timestamptz[], ${list('uuid', (one) => one.collectorUserId)}
      ) as g (payment_intent_id, attempt_id, callback_token, tenant_id, order_id, order_reference, description, currency,
        amount_minor, collect_time, collector_user_id)
    ),
    intent as (
      insert into payment_intent (payment_intent_id, tenant_id, order_id, order_reference, description, currency,
        amount_minor, captured_minor, state, attempt_id, attempt_count, cause, expire_time, create_time, update_time,
        succeed_time)
      select payment_intent_id, tenant_id, order_id, order_reference, description, currency, amount_minor, amount_minor,
        'SUCCEEDED', attempt_id, 1, 'taken at a counter by ' || collector_user_id, collect_time, collect_time,
        ${at(now)}, collect_time
      from given
      on conflict (payment_intent_id) do nothing
      returning payment_intent_id
    ),
    attempt as (
      insert into payment_attempt (attempt_id, payment_intent_id, tenant_id, order_id, order_reference, description,
        provider, phone, currency, amount_minor, state, callback_token, cause, create_time, update_time, settle_time)
      select g.attempt_id, g.payment_intent_id, g.tenant_id, g.order_id, g.order_reference, g.description, 'cash', '',
        g.currency, g.amount_minor, 'SUCCEEDED', g.callback_token, 'taken at a counter by ' || g.collector_user_id,
        g.collect_time, ${at(now)}, ${at(now)}
      from given g join intent i on i.payment_intent_id = g.payment_intent_id
    )
    select payment_intent_id from intent`)
  return new Set(rows.map((row) => row.payment_intent_id))
}

/** Whether the money of an attempt is not the company's: nothing could be given for it, and it waits to go back. */
export async function liesInSuspense(tx: Tx, attemptId: string): Promise<boolean> {
  const [first] = await rowsOfCause(tx, attemptId, 'CAPTURE')
  return first?.creditKind === 'SUSPENSE'
}
