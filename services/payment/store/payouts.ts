import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { comingTo, type PayoutState } from '../domain/states.ts'
import { payout, payoutItem, type PayoutItemRow, type PayoutRow } from './payout_schema.ts'
import { at, rowOf } from './rows.ts'

/**
 * Writes a new payout with its statement. Fails on `payout_pkey` when the id was used before, on `payout_within_due` when
 * more is asked for than is due, and at the commit on `payout_adds_up` when the lines are not its amount.
 */
export async function insertPayout(tx: Tx, row: PayoutRow, items: readonly PayoutItemRow[]): Promise<void> {
  await tx.insert(payout).values(row)
  await tx.insert(payoutItem).values([...items])
}

/** The payout as it stands; undefined when there is none that may be seen. */
export async function findPayout(db: Queries, payoutId: string): Promise<PayoutRow | undefined> {
  const [row] = await db.select().from(payout).where(eq(payout.payoutId, payoutId)).limit(1)
  return row
}

/** The payout that a callback's secret path was made for; undefined when there is none. */
export async function findPayoutByToken(db: Queries, token: string): Promise<PayoutRow | undefined> {
  const [row] = await db.select().from(payout).where(eq(payout.callbackToken, token)).limit(1)
  return row
}

/** The lines of a payout's statement, in order. */
export async function itemsOf(db: Queries, payoutId: string): Promise<PayoutItemRow[]> {
  return db.select().from(payoutItem).where(eq(payoutItem.payoutId, payoutId)).orderBy(asc(payoutItem.line))
}

/** Which payouts are listed. */
export type PayoutFilter = {
  readonly tenantId: string
  readonly state: PayoutState | undefined
  readonly payeeId: string | undefined
  readonly limit: number
  /** The last payout of the page before. */
  readonly after: string | undefined
}

/** Payouts of a company, newest first. */
export async function listPayouts(db: Queries, filter: PayoutFilter): Promise<PayoutRow[]> {
  const { state, payeeId, after } = filter
  return db
    .select()
    .from(payout)
    .where(
      and(
        eq(payout.tenantId, filter.tenantId),
        state && eq(payout.state, state),
        payeeId === undefined ? undefined : eq(payout.payeeId, payeeId),
        after === undefined ? undefined : lt(payout.payoutId, after),
      ),
    )
    .orderBy(desc(payout.payoutId))
    .limit(filter.limit)
}

/** What may be changed about a payout together with its state. */
export type PayoutChange = Partial<
  Pick<
    PayoutRow,
    | 'checkerUserId'
    | 'requestReference'
    | 'inquiryReference'
    | 'receipt'
    | 'failureCode'
    | 'maybeTaken'
    | 'sendCount'
    | 'queryCount'
    | 'nextActionTime'
    | 'settleTime'
  >
>

/** Moves a payout to a state that it may reach from where it is. Returns it as it is then; undefined when it may not. */
export async function movePayout(
  db: Queries,
  payoutId: string,
  to: PayoutState,
  change: PayoutChange & { readonly cause: string; readonly updateTime: Date },
): Promise<PayoutRow | undefined> {
  const [row] = await db
    .update(payout)
    .set({ state: to, ...change })
    .where(and(eq(payout.payoutId, payoutId), inArray(payout.state, comingTo('PAYOUT', to))))
    .returning()
  return row
}

/** Changes what is known about a payout and leaves its state. */
export async function noteOnPayout(db: Queries, payoutId: string, change: PayoutChange): Promise<void> {
  await db.update(payout).set(change).where(eq(payout.payoutId, payoutId))
}

/** Takes payouts that something is to be done about, at most `limit`, and keeps others away until `leaseTime`. */
export async function takeDuePayouts(db: Queries, now: Date, leaseTime: Date, limit: number): Promise<PayoutRow[]> {
  const rows = await db.execute(sql`
    update payout set next_action_time = ${at(leaseTime)}
    where payout_id in (
      select payout_id from payout where next_action_time <= ${at(now)}
      order by next_action_time limit ${limit} for update skip locked)
    returning *`)
  return rows.map((raw) => rowOf(payout, raw))
}
