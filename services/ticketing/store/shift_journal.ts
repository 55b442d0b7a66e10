import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { CashTotal, MovementKind } from '../domain/shift.ts'
import { instant, run } from './query.ts'
import type { Shift } from './shifts.ts'

/** How far a till's journal has reached us; 0 for a till that keeps none. */
export async function syncedLength(db: Queries, deviceId: string): Promise<bigint> {
  const rows = await run<LengthRow>(db, sql`select journal_sequence from pos_device where device_id = ${deviceId}`)
  return BigInt(rows[0]?.journal_sequence ?? 0)
}

/** As {@link syncedLength}, and nothing is added to the journal until the transaction ends. */
export async function lockJournal(tx: Tx, deviceId: string): Promise<bigint> {
  const rows = await run<LengthRow>(
    tx,
    sql`select journal_sequence from pos_device where device_id = ${deviceId} for share`,
  )
  return BigInt(rows[0]?.journal_sequence ?? 0)
}

type LengthRow = { journal_sequence: string }

/** What an entry of a journal does to a till: kinds that move no cash are left out. */
const kinds = sql.raw(`case e.kind when 'SALE' then 'SALE' when 'VOID' then 'REFUND' when 'REFUND' then 'REFUND'
  when 'EXPENSE' then 'EXPENSE' when 'CASH_DROP' then 'DROP' end`)

/** Entries that count: what was refused is the agent's to explain. */
const counts = sql.raw(`e.kind in ('SALE', 'VOID', 'REFUND', 'EXPENSE', 'CASH_DROP')
  and e.outcome <> 'REFUSED' and e.cash_minor <> 0`)

/** What a till's journal says of a shift, added up by kind. */
export async function journalTotals(db: Queries, shift: Shift): Promise<CashTotal[]> {
  const rows = await run<{ kind: MovementKind; count: number; minor: string }>(
    db,
    sql`
    select ${kinds} as kind, count(*)::int as count, abs(sum(e.cash_minor))::text as minor from pos_entry e
    where e.shift_id = ${shift.shiftId} and e.device_id = ${shift.deviceId} and e.currency = ${shift.float.currency}
      and ${counts}
    group by 1 order by 1`,
  )
  const { currency } = shift.float
  return rows.map(({ kind, count, minor }) => ({ kind, count, amount: money(currency, BigInt(minor)) }))
}

/** An entry of a journal, as far as a till is concerned. */
export type JournalCash = {
  readonly sequence: bigint
  readonly shiftId: string
  /** What it puts into the till; less than zero when it takes out. */
  readonly cash: Money
  readonly deviceTime: Date
  /** As the device signed it. */
  readonly body: Uint8Array
}

type JournalRow = {
  sequence: string
  shift_id: string
  currency: string
  cash_minor: string
  device_time: string
  body: string
}

const columns = sql.raw(
  `e.sequence, e.shift_id, e.currency, e.cash_minor, e.device_time, encode(e.body, 'base64') as body`,
)

/** The entries of one kind that a till's journal has of a shift, in order. */
export async function journalEntries(db: Queries, shift: Shift, kind: 'EXPENSE' | 'CASH_DROP'): Promise<JournalCash[]> {
  const rows = await run<JournalRow>(
    db,
    sql`
    select ${columns} from pos_entry e
    where e.shift_id = ${shift.shiftId} and e.device_id = ${shift.deviceId} and e.kind = ${kind} and ${counts}
    order by e.sequence`,
  )
  return rows.map(entryFrom)
}

/**
 * The entries of a till that belong to shifts which were counted before they came, and that no later shift has yet.
 *
 * @param through no later entries than this one
 */
export async function lateEntries(db: Queries, shift: Shift, through: bigint): Promise<JournalCash[]> {
  const rows = await run<JournalRow>(
    db,
    sql`
    select ${columns} from pos_entry e
    join shift c on c.shift_id = e.shift_id and c.device_id = e.device_id and c.journal_through < e.sequence
    where e.device_id = ${shift.deviceId} and e.sequence <= ${through} and e.currency = ${shift.float.currency}
      and ${counts}
      and not exists (select 1 from shift_movement m where m.device_id = e.device_id and m.journal_sequence = e.sequence)
    order by e.sequence`,
  )
  return rows.map(entryFrom)
}

function entryFrom(row: JournalRow): JournalCash {
  return {
    sequence: BigInt(row.sequence),
    shiftId: row.shift_id,
    cash: money(row.currency, BigInt(row.cash_minor)),
    deviceTime: instant(row.device_time),
    body: Buffer.from(row.body, 'base64'),
  }
}
