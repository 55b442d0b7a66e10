import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { Posting } from '../domain/shift.ts'
import { iso, run } from './query.ts'
import type { Deposit, Shift } from './shifts.ts'

/** What is handed over. */
export type NewDeposit = Pick<
  Deposit,
  'depositId' | 'destination' | 'amount' | 'reference' | 'agentUserId' | 'handOverTime'
>

/**
 * Writes down that counted cash was handed over. Fails on `shift_within_count` when that would be more than was counted,
 * and on `shift_deposit_pkey` for an id that is taken.
 */
export async function handOver(tx: Tx, shift: Shift, deposit: NewDeposit): Promise<void> {
  await run(
    tx,
    sql`update shift set handed_over_minor = handed_over_minor + ${deposit.amount.minor} where shift_id = ${shift.shiftId}`,
  )
  await run(
    tx,
    sql`
    insert into shift_deposit (deposit_id, tenant_id, shift_id, destination, currency, amount_minor, reference,
      agent_user_id, hand_over_time)
    values (${deposit.depositId}, ${shift.tenantId}, ${shift.shiftId}, ${deposit.destination},
      ${deposit.amount.currency}, ${deposit.amount.minor}, ${deposit.reference}, ${deposit.agentUserId},
      ${iso(deposit.handOverTime)}::timestamptz)`,
  )
}

/** Makes a deposit of what left the till for the safe within the shift. Once: the count is. */
export async function takeDrop(
  tx: Tx,
  shift: Shift,
  drop: Pick<NewDeposit, 'depositId' | 'amount' | 'handOverTime'>,
): Promise<void> {
  await run(
    tx,
    sql`
    insert into shift_deposit (deposit_id, tenant_id, shift_id, destination, currency, amount_minor, reference,
      agent_user_id, hand_over_time)
    values (${drop.depositId}, ${shift.tenantId}, ${shift.shiftId}, 'SAFE', ${drop.amount.currency},
      ${drop.amount.minor}, '', ${shift.agentUserId}, ${iso(drop.handOverTime)}::timestamptz)`,
  )
}

/** The shift that a deposit came from. Undefined when there is no such deposit among the rows that the transaction sees. */
export async function shiftOfDeposit(tx: Tx, depositId: string): Promise<string | undefined> {
  const [row] = await run<{ shift_id: string }>(
    tx,
    sql`select shift_id from shift_deposit where deposit_id = ${depositId}`,
  )
  return row?.shift_id
}

/**
 * Writes down what has arrived of a deposit. False when somebody has done so before. Fails on
 * `shift_deposit_two_people` when it is the one who handed it over.
 */
export async function receive(
  tx: Tx,
  depositId: string,
  receipt: { readonly received: Money; readonly confirmUserId: string; readonly confirmTime: Date },
): Promise<boolean> {
  const rows = await run(
    tx,
    sql`
    update shift_deposit set received_minor = ${receipt.received.minor}, confirm_user_id = ${receipt.confirmUserId},
      confirm_time = ${iso(receipt.confirmTime)}::timestamptz
    where deposit_id = ${depositId} and confirm_time is null
    returning 1`,
  )
  return rows.length > 0
}

/** A transfer that the ledger is to be told of. */
export type OwedPosting = {
  readonly postingId: string
  readonly tenantId: string
  readonly shiftId: string
  readonly debitKind: string
  readonly debitHolder: string
  readonly creditKind: string
  readonly creditHolder: string
  readonly amount: Money
}

/** Writes down what the ledger is to be told of a shift; the drawer is the shift's own, every other account the company's. */
export async function owePostings(
  tx: Tx,
  shift: Pick<Shift, 'tenantId' | 'shiftId'>,
  postings: readonly Posting[],
  newId: () => string,
  now: Date,
): Promise<OwedPosting[]> {
  const holderOf = (kind: string) => (kind === 'CASH_DRAWER' ? shift.shiftId : shift.tenantId)
  const owed = postings.map(({ debit, credit, amount }) => ({
    postingId: newId(),
    tenantId: shift.tenantId,
    shiftId: shift.shiftId,
    debitKind: debit,
    debitHolder: holderOf(debit),
    creditKind: credit,
    creditHolder: holderOf(credit),
    amount,
  }))
  for (const one of owed) {
    await run(
      tx,
      sql`
      insert into cash_posting (posting_id, tenant_id, shift_id, debit_kind, debit_holder, credit_kind, credit_holder,
        currency, amount_minor, create_time)
      values (${one.postingId}, ${one.tenantId}, ${one.shiftId}, ${one.debitKind}, ${one.debitHolder},
        ${one.creditKind}, ${one.creditHolder}, ${one.amount.currency}, ${one.amount.minor},
        ${iso(now)}::timestamptz)`,
    )
  }
  return owed
}

/** Transfers that the ledger has not taken yet, oldest first. */
export async function unpostedCash(db: Queries, limit: number): Promise<OwedPosting[]> {
  const rows = await run<{
    posting_id: string
    tenant_id: string
    shift_id: string
    debit_kind: string
    debit_holder: string
    credit_kind: string
    credit_holder: string
    currency: string
    amount_minor: string
  }>(db, sql`select * from cash_posting where post_time is null order by create_time, posting_id limit ${limit}`)
  return rows.map((row) => ({
    postingId: row.posting_id,
    tenantId: row.tenant_id,
    shiftId: row.shift_id,
    debitKind: row.debit_kind,
    debitHolder: row.debit_holder,
    creditKind: row.credit_kind,
    creditHolder: row.credit_holder,
    amount: money(row.currency, BigInt(row.amount_minor)),
  }))
}

/** Remembers that the ledger has taken a transfer. */
export async function markPosted(db: Queries, postingId: string, now: Date): Promise<void> {
  await run(db, sql`update cash_posting set post_time = ${iso(now)}::timestamptz where posting_id = ${postingId}`)
}
