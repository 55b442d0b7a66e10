import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { Outcome } from '../../domain/pos/entry.ts'
import { instant, iso, run } from '../query.ts'

/** Entries of a batch whose money the books do not have yet. */
export type Posting = {
  readonly postingId: string
  readonly tenantId: string
  readonly deviceId: string
  readonly firstSequence: number
  readonly lastSequence: number
}

/** Notes that a batch is to be posted. */
export async function owePosting(tx: Tx, posting: Posting, now: Date): Promise<void> {
  await run(
    tx,
    sql`insert into pos_posting (posting_id, tenant_id, device_id, first_sequence, last_sequence, create_time)
      values (${posting.postingId}, ${posting.tenantId}, ${posting.deviceId}, ${posting.firstSequence}::bigint,
        ${posting.lastSequence}::bigint, ${iso(now)}::timestamptz)`,
  )
}

/** Batches that are not posted yet, oldest first. */
export async function waitingPostings(db: Queries, limit: number): Promise<Posting[]> {
  const rows = await run<{
    posting_id: string
    tenant_id: string
    device_id: string
    first_sequence: string
    last_sequence: string
  }>(
    db,
    sql`select posting_id, tenant_id, device_id, first_sequence, last_sequence from pos_posting
      where post_time is null order by create_time limit ${limit}`,
  )
  return rows.map((row) => ({
    postingId: row.posting_id,
    tenantId: row.tenant_id,
    deviceId: row.device_id,
    firstSequence: Number(row.first_sequence),
    lastSequence: Number(row.last_sequence),
  }))
}

/** A sale whose money is to be posted. */
export type SaleToPost = {
  readonly saleId: string
  readonly agentUserId: string
  readonly bookingCode: string
  readonly price: Money
  readonly saleTime: Date
  readonly outcome: Outcome
}

/** The sales of a batch. */
export async function salesToPost(db: Queries, posting: Posting): Promise<SaleToPost[]> {
  const rows = await run<{
    sale_id: string
    agent_user_id: string
    booking_code: string
    currency: string
    cash_minor: string
    device_time: string
    outcome: Outcome
  }>(
    db,
    sql`select sale_id, agent_user_id, booking_code, currency, cash_minor, device_time, outcome from pos_entry
      where device_id = ${posting.deviceId} and kind = 'SALE'
        and sequence between ${posting.firstSequence}::bigint and ${posting.lastSequence}::bigint
      order by sequence`,
  )
  return rows.map((row) => ({
    saleId: row.sale_id,
    agentUserId: row.agent_user_id,
    bookingCode: row.booking_code,
    price: money(row.currency, BigInt(row.cash_minor)),
    saleTime: instant(row.device_time),
    outcome: row.outcome,
  }))
}

/** Remembers that the books have a batch. */
export async function markPosted(db: Queries, postingId: string, now: Date): Promise<void> {
  await run(db, sql`update pos_posting set post_time = ${iso(now)}::timestamptz where posting_id = ${postingId}`)
}
