import { and, desc, eq, inArray, lt, ne } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { payee, payeeAccount, type PayeeAccountRow, type PayeeRow } from './payout_schema.ts'

/** A payee with the accounts that were not refused, newest first. */
export type PayeeView = { readonly payee: PayeeRow; readonly accounts: readonly PayeeAccountRow[] }

/** Writes a new payee. Fails on `payee_pkey` when the id was used before. */
export async function insertPayee(tx: Tx, row: PayeeRow): Promise<void> {
  await tx.insert(payee).values(row)
}

/**
 * Writes an account that is put forward. Fails on `payee_account_pkey` when the id was used before, and on
 * `payee_account_one_proposed` while another is undecided.
 */
export async function insertPayeeAccount(tx: Tx, row: PayeeAccountRow): Promise<void> {
  await tx.insert(payeeAccount).values(row)
}

/** A payee that the transaction may see; undefined when there is none. */
export async function findPayee(db: Queries, payeeId: string): Promise<PayeeView | undefined> {
  const [row] = await db.select().from(payee).where(eq(payee.payeeId, payeeId)).limit(1)
  return row && { payee: row, accounts: await accountsOf(db, [payeeId]) }
}

/** An account of a payee; undefined when there is none. */
export async function findPayeeAccount(db: Queries, accountId: string): Promise<PayeeAccountRow | undefined> {
  const [row] = await db.select().from(payeeAccount).where(eq(payeeAccount.accountId, accountId)).limit(1)
  return row
}

/** What a second person decides. */
export type AccountDecision = Pick<PayeeAccountRow, 'state' | 'usableTime'> & { readonly checkerUserId: string }

/**
 * Decides about an account that is put forward. False when it was decided before; fails on `payee_account_two_people`
 * when it is the checker's own.
 */
export async function decideAccount(tx: Tx, accountId: string, decision: AccountDecision): Promise<boolean> {
  const rows = await tx
    .update(payeeAccount)
    .set(decision)
    .where(and(eq(payeeAccount.accountId, accountId), eq(payeeAccount.state, 'PROPOSED')))
    .returning({ accountId: payeeAccount.accountId })
  return rows.length > 0
}

/** Payees of a company, newest first, after a payee's id. */
export async function listPayees(
  db: Queries,
  filter: { readonly tenantId: string; readonly limit: number; readonly after: string | undefined },
): Promise<PayeeView[]> {
  const after = filter.after === undefined ? undefined : lt(payee.payeeId, filter.after)
  const rows = await db
    .select()
    .from(payee)
    .where(and(eq(payee.tenantId, filter.tenantId), after))
    .orderBy(desc(payee.payeeId))
    .limit(filter.limit)
  const accounts = await accountsOf(
    db,
    rows.map(({ payeeId }) => payeeId),
  )
  return rows.map((row) => ({ payee: row, accounts: accounts.filter(({ payeeId }) => payeeId === row.payeeId) }))
}

async function accountsOf(db: Queries, payeeIds: readonly string[]): Promise<PayeeAccountRow[]> {
  if (payeeIds.length === 0) return []
  return db
    .select()
    .from(payeeAccount)
    .where(and(inArray(payeeAccount.payeeId, [...payeeIds]), ne(payeeAccount.state, 'REJECTED')))
    .orderBy(desc(payeeAccount.createTime), desc(payeeAccount.accountId))
}
