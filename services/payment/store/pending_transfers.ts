import { and, eq, gt, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import { at } from './rows.ts'
import { pendingTransfer, type PendingTransferRow } from './ledger_schema.ts'

/** Promises money. Fails on `ledger_account_limits`, and on `pending_transfer_pkey` when the id was used before. */
export async function insertPendingTransfer(tx: Tx, row: PendingTransferRow): Promise<void> {
  await tx.insert(pendingTransfer).values(row)
}

/** A promise; undefined when there is none that this transaction may see. */
export async function findPendingTransfer(db: Queries, id: string): Promise<PendingTransferRow | undefined> {
  const [row] = await db.select().from(pendingTransfer).where(eq(pendingTransfer.pendingTransferId, id)).limit(1)
  return row
}

/** Ends a promise that is still open and whose time is not over. Undefined when it is not. */
export async function endPendingTransfer(
  tx: Tx,
  id: string,
  end: { readonly state: 'POSTED' | 'VOIDED'; readonly postedMinor: bigint; readonly endTime: Date },
): Promise<PendingTransferRow | undefined> {
  const open = and(eq(pendingTransfer.state, 'PENDING'), gt(pendingTransfer.expireTime, end.endTime))
  const [row] = await tx
    .update(pendingTransfer)
    .set(end)
    .where(and(eq(pendingTransfer.pendingTransferId, id), open))
    .returning()
  return row
}

/** Ends promises whose time is over, at most `limit`. Returns how many. */
export async function expirePendingTransfers(db: Queries, now: Date, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    update pending_transfer set state = 'EXPIRED', end_time = ${at(now)}
    where pending_transfer_id in (
      select pending_transfer_id from pending_transfer where state = 'PENDING' and expire_time <= ${at(now)}
      limit ${limit} for update skip locked)
    returning pending_transfer_id`)
  return rows.length
}
