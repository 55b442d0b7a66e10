import { type SQL, sql } from 'drizzle-orm'
import { at } from './rows.ts'

/**
 * Everything of ours that moves, or may have moved, money at a provider: the books' side of a reconciliation. A further
 * kind of movement is a further branch.
 *
 * `account` is the provider's account that it touches: a refund that goes out as a payout leaves the payout account.
 * `reference` is what we had the provider write beside it: of money that goes out our own id.
 */
export const movements: SQL = sql`(
  select attempt_id as subject_id, tenant_id, provider, true as incoming, 'COLLECTION' as account, receipt,
    order_reference as reference, request_reference, phone, currency, amount_minor, state, create_time, settle_time
  from payment_attempt
  union all
  select refund_id, tenant_id, provider, false,
    -- M-Pesa reverses the first one, and sends what comes after it; the others send all.
    case when provider = 'mpesa' and earlier_refunds = 0 then 'COLLECTION' else 'PAYOUT' end,
    receipt, refund_id::text, request_reference, phone, currency, amount_minor, state, create_time, settle_time
  from payment_refund
  union all
  select payout_id, tenant_id, provider, false, 'PAYOUT', receipt, payout_id::text, request_reference, account, currency,
    amount_minor, state, create_time, settle_time
  from payout)`

/** A provider's clock may be a little ahead of ours. */
const CLOCKS_DIFFER = sql`interval '2 minutes'`
/** We may learn of a payment long after the provider has done it. */
const LEARNT_LATE = sql`interval '1 day'`

/** Whether a movement may be what a line tells of, by its times. */
export const aboutTheTimeOf = (line: SQL, movement: SQL): SQL => sql`
  ${line}.complete_time >= ${movement}.create_time - ${CLOCKS_DIFFER}
  and ${line}.complete_time <= coalesce(${movement}.settle_time, ${movement}.create_time) + ${LEARNT_LATE}`

/** Movements that can concern a period at all: those made from two days before it to a day after. */
export const concerning = (movement: SQL, { fromTime, toTime }: Period): SQL => sql`
  ${movement}.create_time >= ${at(fromTime)} - interval '2 days'
  and ${movement}.create_time < ${at(toTime)} + interval '1 day'`

/** From an instant to before another. */
export type Period = { readonly fromTime: Date; readonly toTime: Date }
