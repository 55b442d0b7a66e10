import { sql } from 'drizzle-orm'
import { money, type Money, type Queries, type Tx } from '#kit'
import type { CashTotal, MovementKind } from '../domain/shift.ts'
import { instant, iso, run } from './query.ts'
import type { Shift } from './shifts.ts'

/** One movement of cash. */
export type Movement = {
  readonly movementId: string
  readonly kind: MovementKind
  readonly amount: Money
  readonly subjectId: string
  readonly description: string
  readonly receipt: string
  readonly moveTime: Date
  readonly correctedShiftId: string | undefined
}

/** What a movement is made of; only expenses have words, and only corrections a shift and an entry that they correct. */
export type NewMovement = Omit<Movement, 'description' | 'receipt' | 'correctedShiftId'> &
  Partial<Pick<Movement, 'description' | 'receipt' | 'correctedShiftId'>> & {
    readonly deviceId?: string
    readonly journalSequence?: bigint
  }

/** Writes movements of a shift. What was written before, in whatever shift, is left out: answers how many were new. */
export async function insertMovements(
  tx: Tx,
  { tenantId, shiftId }: Pick<Shift, 'tenantId' | 'shiftId'>,
  movements: readonly NewMovement[],
): Promise<number> {
  if (movements.length === 0) return 0
  const rows = await run(
    tx,
    sql`
    insert into shift_movement (movement_id, tenant_id, shift_id, kind, currency, amount_minor, subject_id, description,
      receipt, move_time, corrected_shift_id, device_id, journal_sequence)
    select movement_id, ${tenantId}::uuid, ${shiftId}::uuid, kind, currency, amount_minor, subject_id, description,
      receipt, move_time, corrected_shift_id, device_id, journal_sequence
    from jsonb_to_recordset(${movementsJson(movements)}::jsonb) as m (movement_id uuid, kind text, currency text,
      amount_minor bigint, subject_id uuid, description text, receipt text, move_time timestamptz,
      corrected_shift_id uuid, device_id uuid, journal_sequence bigint)
    on conflict do nothing
    returning 1`,
  )
  return rows.length
}

function movementsJson(movements: readonly NewMovement[]): string {
  return JSON.stringify(
    movements.map((one) => ({
      movement_id: one.movementId,
      kind: one.kind,
      currency: one.amount.currency,
      amount_minor: one.amount.minor.toString(),
      subject_id: one.subjectId,
      description: one.description ?? '',
      receipt: one.receipt ?? '',
      move_time: iso(one.moveTime),
      corrected_shift_id: one.correctedShiftId ?? null,
      device_id: one.deviceId ?? null,
      journal_sequence: one.journalSequence?.toString() ?? null,
    })),
  )
}

/** What has moved in a shift beside its till's journal, added up by kind. */
export async function movedIn(db: Queries, shiftId: string): Promise<CashTotal[]> {
  const rows = await run<{ kind: MovementKind; currency: string; count: number; minor: string }>(
    db,
    sql`
    select kind, currency, count(*)::int as count, sum(amount_minor)::text as minor from shift_movement
    where shift_id = ${shiftId} group by kind, currency order by kind`,
  )
  return rows.map(({ kind, currency, count, minor }) => ({ kind, count, amount: money(currency, BigInt(minor)) }))
}

/** Which of these payments are in some shift already. */
export async function knownSales(db: Queries, subjectIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await run<{ subject_id: string }>(
    db,
    sql`
    select subject_id from shift_movement
    where subject_id = any(${sql.param(subjectIds)}::uuid[]) and kind = 'SALE'`,
  )
  return new Set(rows.map((row) => row.subject_id))
}

/** The movements of a shift that are told one by one, oldest first. */
export async function notableMovements(db: Queries, shiftId: string): Promise<Movement[]> {
  const rows = await run<{
    movement_id: string
    kind: MovementKind
    currency: string
    amount_minor: string
    subject_id: string
    description: string
    receipt: string
    move_time: string
    corrected_shift_id: string | null
  }>(
    db,
    sql`
    select * from shift_movement where shift_id = ${shiftId} and kind in ('EXPENSE', 'CORRECTION')
    order by move_time, movement_id`,
  )
  return rows.map((row) => ({
    movementId: row.movement_id,
    kind: row.kind,
    amount: money(row.currency, BigInt(row.amount_minor)),
    subjectId: row.subject_id,
    description: row.description,
    receipt: row.receipt,
    moveTime: instant(row.move_time),
    correctedShiftId: row.corrected_shift_id ?? undefined,
  }))
}
