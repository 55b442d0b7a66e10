import { type SQL, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { ShiftCounts } from '../../domain/pos/audit.ts'
import type { Detail, Entry, EntryResult, Outcome } from '../../domain/pos/entry.ts'
import { instant, iso, run } from '../query.ts'

/** An entry that is taken over, with what became of it. */
export type TakenEntry = {
  readonly entry: Entry
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly result: EntryResult
  readonly currency: string
  readonly cashMinor: bigint
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Writes entries down, in one statement whose text is the same for any number of them. */
export async function insertEntries(
  tx: Tx,
  tenantId: string,
  taken: readonly TakenEntry[],
  receiveTime: Date,
): Promise<void> {
  const list = (type: string, value: (one: TakenEntry) => string | number | null) =>
    sql`${sql.param(taken.map(value))}::${sql.raw(type)}[]`
  await run(
    tx,
    sql`
    insert into pos_entry (device_id, sequence, tenant_id, kind, shift_id, agent_user_id, device_time, receive_time,
      currency, cash_minor, sale_id, outcome, seat_label, booking_code, new_ticket_code, reason, body, signature, hash)
    select e.device_id, e.sequence, ${tenantId}::uuid, e.kind, e.shift_id, e.agent_user_id, e.device_time,
      ${iso(receiveTime)}::timestamptz, e.currency, e.cash_minor, e.sale_id, e.outcome, e.seat_label, e.booking_code,
      e.new_ticket_code, e.reason, decode(e.body, 'hex'), decode(e.signature, 'hex'), decode(e.hash, 'hex')
    from unnest(
      ${list('uuid', ({ entry }) => entry.deviceId)}, ${list('bigint', ({ entry }) => entry.sequence)},
      ${list('text', ({ entry }) => entry.detail.kind)}, ${list('uuid', ({ entry }) => entry.shiftId)},
      ${list('uuid', ({ entry }) => entry.agentUserId)}, ${list('text', ({ entry }) => iso(entry.deviceTime))}::timestamptz[],
      ${list('text', ({ currency }) => currency)}, ${list('bigint', ({ cashMinor }) => cashMinor.toString())},
      ${list('uuid', ({ entry }) => saleIdOf(entry.detail))}, ${list('text', ({ result }) => result.outcome)},
      ${list('text', ({ result }) => result.seatLabel)}, ${list('text', ({ result }) => result.bookingCode)},
      ${list('text', ({ result }) => result.newTicketCode)}, ${list('text', ({ result }) => result.reason)},
      ${list('text', ({ body }) => hex(body))}, ${list('text', ({ signature }) => hex(signature))},
      ${list('text', ({ entry }) => entry.hash)}
    ) as e (device_id, sequence, kind, shift_id, agent_user_id, device_time, currency, cash_minor, sale_id, outcome,
      seat_label, booking_code, new_ticket_code, reason, body, signature, hash)`,
  )
}

function saleIdOf(detail: Detail): string | null {
  return 'saleId' in detail ? detail.saleId : null
}

/** An entry as it was taken over, for a device that sends it again. */
export type StoredEntry = { readonly sequence: number; readonly hash: string; readonly result: EntryResult }

/** The entries of a device with some numbers, in order; those that were never taken over are missing. */
export async function storedEntries(
  db: Queries,
  deviceId: string,
  from: number,
  to: number,
): Promise<Map<number, StoredEntry>> {
  const rows = await run<ResultRow & { hash: Buffer }>(
    db,
    sql`select ${resultColumns}, hash from pos_entry
      where device_id = ${deviceId} and sequence between ${from}::bigint and ${to}::bigint order by sequence`,
  )
  return new Map(
    rows.map((row) => {
      const result = resultFrom(row)
      return [result.sequence, { sequence: result.sequence, hash: row.hash.toString('hex'), result }]
    }),
  )
}

type ResultRow = {
  sequence: string
  outcome: Outcome
  sale_id: string | null
  booking_code: string
  seat_label: string
  new_ticket_code: string
  reason: string
}

const resultColumns = sql.raw('sequence, outcome, sale_id, booking_code, seat_label, new_ticket_code, reason')

function resultFrom(row: ResultRow): EntryResult {
  return {
    sequence: Number(row.sequence),
    outcome: row.outcome,
    bookingId: row.booking_code === '' ? '' : (row.sale_id ?? ''),
    bookingCode: row.booking_code,
    seatLabel: row.seat_label,
    newTicketCode: row.new_ticket_code,
    reason: row.reason,
  }
}

/** How much each of some shifts has sold and taken back. */
export async function shiftCounts(
  db: Queries,
  deviceId: string,
  shiftIds: readonly string[],
): Promise<Map<string, ShiftCounts>> {
  const rows = await run<{ shift_id: string; sales: number; voids: number }>(
    db,
    sql`select shift_id, count(*) filter (where kind = 'SALE')::int as sales,
        count(*) filter (where kind = 'VOID')::int as voids
      from pos_entry where device_id = ${deviceId} and shift_id = any(${sql.param(shiftIds)}::uuid[])
      group by shift_id`,
  )
  return new Map(rows.map((row) => [row.shift_id, { sales: row.sales, voids: row.voids }]))
}

/** A sale that stands in a journal. */
export type SoldEntry = {
  readonly saleId: string
  readonly deviceId: string
  readonly shiftId: string
  readonly outcome: Outcome
  readonly currency: string
  readonly priceMinor: bigint
  /** Whether its money was given out from a drawer. */
  readonly paidBack: boolean
}

/** Sales by their ids, those of the session's company; those that are in no journal are missing. */
export async function soldEntries(tx: Tx, saleIds: readonly string[]): Promise<Map<string, SoldEntry>> {
  const rows = await run<{
    sale_id: string
    device_id: string
    shift_id: string
    outcome: Outcome
    currency: string
    cash_minor: string
    paid_back: boolean
  }>(
    tx,
    sql`select s.sale_id, s.device_id, s.shift_id, s.outcome, s.currency, s.cash_minor,
        exists (select 1 from pos_entry b where b.sale_id = s.sale_id and b.kind in ('VOID', 'REFUND')
          and b.outcome = 'RECORDED') as paid_back
      from pos_entry s where s.sale_id = any(${sql.param(saleIds)}::uuid[]) and s.kind = 'SALE'`,
  )
  return new Map(
    rows.map((row) => [
      row.sale_id,
      {
        saleId: row.sale_id,
        deviceId: row.device_id,
        shiftId: row.shift_id,
        outcome: row.outcome,
        currency: row.currency,
        priceMinor: BigInt(row.cash_minor),
        paidBack: row.paid_back,
      },
    ]),
  )
}

/** An entry as managers see it. */
export type ListedEntry = {
  readonly deviceId: string
  readonly kind: Detail['kind']
  readonly shiftId: string
  readonly agentUserId: string
  readonly deviceTime: Date
  readonly receiveTime: Date
  readonly currency: string
  readonly cashMinor: bigint
  readonly saleId: string
  readonly result: EntryResult
}

/** Where a page of entries goes on. */
export type EntryCursor = { readonly deviceId: string; readonly sequence: number }

/** Entries of the session's company, by device and number. */
export async function listEntries(
  tx: Tx,
  filter: { readonly deviceId: string; readonly shiftId: string; readonly outcomes: readonly Outcome[] },
  page: { readonly limit: number; readonly after: EntryCursor | undefined },
): Promise<ListedEntry[]> {
  const { after } = page
  const where: SQL[] = [
    sql`true`,
    ...(filter.deviceId === '' ? [] : [sql`device_id = ${filter.deviceId}`]),
    ...(filter.shiftId === '' ? [] : [sql`shift_id = ${filter.shiftId}`]),
    ...(filter.outcomes.length === 0 ? [] : [sql`outcome = any(${sql.param(filter.outcomes)}::text[])`]),
    ...(after ? [sql`(device_id, sequence) > (${after.deviceId}::uuid, ${after.sequence}::bigint)`] : []),
  ]
  const rows = await run<
    ResultRow & {
      device_id: string
      kind: Detail['kind']
      shift_id: string
      agent_user_id: string
      device_time: string
      receive_time: string
      currency: string
      cash_minor: string
    }
  >(
    tx,
    sql`select ${resultColumns}, device_id, kind, shift_id, agent_user_id, device_time, receive_time, currency, cash_minor
      from pos_entry where ${sql.join(where, sql` and `)} order by device_id, sequence limit ${page.limit}`,
  )
  return rows.map((row) => ({
    deviceId: row.device_id,
    kind: row.kind,
    shiftId: row.shift_id,
    agentUserId: row.agent_user_id,
    deviceTime: instant(row.device_time),
    receiveTime: instant(row.receive_time),
    currency: row.currency,
    cashMinor: BigInt(row.cash_minor),
    saleId: row.sale_id ?? '',
    result: resultFrom(row),
  }))
}
