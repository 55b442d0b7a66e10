import { and, asc, eq, gt, inArray, lt, or, sql } from 'drizzle-orm'
import type { Queries, Tx } from '#kit'
import type { Finding } from '../domain/breaks.ts'
import { type BreakState, breakStatesBefore, openBreakStates } from '../domain/breaks.ts'
import type { Gap, Matched } from './matching.ts'
import { aboutTheTimeOf, concerning, movements } from './movements.ts'
import { breakChange, type BreakChangeRow, reconciliationBreak, type BreakRow } from './reconciliation_schema.ts'
import { at, oneOf } from './rows.ts'
import { numberOpened } from './sealed.ts'

/** Writes differences down as breaks, each under its new id. */
export async function insertBreaks(
  tx: Tx,
  found: { readonly provider: string; readonly reconciliationId: string; readonly now: Date },
  gaps: readonly (Gap & { readonly breakId: string })[],
): Promise<void> {
  if (gaps.length === 0) return
  await tx.execute(sql`
    insert into reconciliation_break (break_id, provider, kind, subject_key, state, reconciliation_id, line_number,
      incoming, receipt, reference, provider_currency, provider_minor, our_currency, our_minor, tenant_id, subject_id,
      occur_time, cause, create_time, update_time)
    select "breakId", ${found.provider}, kind, "subjectKey", 'OPEN', ${found.reconciliationId}::uuid, "lineNumber",
      incoming, receipt, reference, "providerCurrency", "providerMinor", "ourCurrency", "ourMinor", "tenantId",
      "subjectId", "occurTime", 'found', ${at(found.now)}, ${at(found.now)}
    from jsonb_to_recordset(${JSON.stringify(gaps)}::jsonb) as gap("breakId" uuid, kind text, "subjectKey" text,
      "lineNumber" int, incoming boolean, receipt text, reference text, "providerCurrency" text,
      "providerMinor" bigint, "ourCurrency" text, "ourMinor" bigint, "tenantId" uuid, "subjectId" uuid,
      "occurTime" timestamptz)`)
}

/** Money that nobody here knows, and a payment of ours that it might be by amount and time. */
type Guess = { readonly breakId: string; readonly party: string; readonly subjectId: string; readonly phone: string }

/**
 * Names, for money that nobody here knows, a payment of ours that it might be: same amount and number, about the same
 * time, and listed nowhere. A person's hint, never taken for granted.
 */
export async function suggestSubjects(tx: Tx, matched: Matched): Promise<void> {
  const guesses = await tx.execute<Guess>(sql`
    select b.break_id as "breakId", line.party, m.subject_id as "subjectId", m.phone
    from settlement_line as line
    join reconciliation_break as b on b.reconciliation_id = line.reconciliation_id and b.line_number = line.line_number
      and b.kind = 'MISSING_HERE'
    join ${movements} as m on m.provider = line.provider and m.incoming = line.incoming
      and m.currency = line.currency and m.amount_minor = line.amount_minor
    where line.reconciliation_id = ${matched.reconciliationId} and line.finding = 'MISSING_HERE' and line.party <> ''
      and ${aboutTheTimeOf(sql`line`, sql`m`)} and ${concerning(sql`m`, matched)}
      and not exists (select from settlement_line as other where other.subject_id = m.subject_id and not other.asked)
    order by m.create_time desc limit ${MOST_GUESSES}`)
  // Numbers are sealed: what the database cannot compare is compared here, the newest first.
  const fitting = guesses.filter(({ party, phone }) => maySameNumber(numberOpened(party), numberOpened(phone)))
  const newest = new Map(fitting.toReversed().map(({ breakId, subjectId }) => [breakId, subjectId]))
  for (const [breakId, suggestedSubjectId] of newest) {
    await tx.update(reconciliationBreak).set({ suggestedSubjectId }).where(eq(reconciliationBreak.breakId, breakId))
  }
}

/** Amounts that many pay would else fit thousands of strangers. */
const MOST_GUESSES = 5_000

/** Whether a number as a provider shows it, with some digits hidden, may be that of a phone. */
function maySameNumber(shown: string, phone: string): boolean {
  const digits = shown.replace(/^\+/, '')
  const ending = phone.slice(-digits.length)
  return ending.length === digits.length && [...digits].every((digit, i) => digit === '*' || digit === ending[i])
}

const open = oneOf(openBreakStates)

/**
 * Closes breaks whose other half has arrived since: the line of a later file, or the payment that was on its way.
 * Returns how many.
 */
export async function closeMatched(tx: Tx, now: Date): Promise<number> {
  const rows = await tx.execute(sql`
    with half as (
      -- A payment of ours for the line that nobody knew.
      select b.break_id, m.subject_id
      from reconciliation_break as b
      join ${movements} as m on m.provider = b.provider and m.receipt = b.receipt and m.incoming = b.incoming
      where b.state in ${open} and b.kind = 'MISSING_HERE' and m.state = 'SUCCEEDED'
        and m.currency = b.provider_currency and m.amount_minor = b.provider_minor
      union
      -- A payment that had not come to its end here.
      select b.break_id, m.subject_id
      from reconciliation_break as b
      join ${movements} as m on m.subject_id = b.subject_id
      where b.state in ${open} and b.kind = 'STATUS_DIFFERS' and b.our_minor is null and m.state = 'SUCCEEDED'
        and m.currency = b.provider_currency and m.amount_minor = b.provider_minor
      union
      -- A line for the payment that the provider did not have, or had otherwise.
      select b.break_id, b.subject_id
      from reconciliation_break as b
      join settlement_line as line on line.subject_id = b.subject_id and line.finding = 'MATCHED'
      where b.state in ${open}
        and (b.kind = 'STATUS_DIFFERS' or b.kind = 'MISSING_THERE' and not line.asked)
    ), closed as (
      update reconciliation_break as b
      set state = 'CLOSED_BY_MATCH', cause = 'its other half arrived', actor = '', subject_id = half.subject_id,
        update_time = ${at(now)}
      from half where half.break_id = b.break_id
      returning b.break_id, b.reconciliation_id, b.line_number, b.subject_id
    ), noted as (
      update settlement_line as line set subject_id = closed.subject_id
      from closed
      where line.reconciliation_id = closed.reconciliation_id and line.line_number = closed.line_number
        and line.subject_id is null
    )
    select break_id from closed`)
  return rows.length
}

/** What is changed about a break together with its state. */
export type BreakMove = Pick<BreakRow, 'cause' | 'actor' | 'updateTime'> &
  Partial<Pick<BreakRow, 'ownerUserId' | 'resolution' | 'reason' | 'resolver' | 'entryId' | 'subjectId'>>

/** Moves a break to a state that it may reach from where it is. Undefined when it may not: somebody was first. */
export async function moveBreak(
  tx: Tx,
  breakId: string,
  to: BreakState,
  change: BreakMove,
): Promise<BreakRow | undefined> {
  const [row] = await tx
    .update(reconciliationBreak)
    .set({ state: to, ...change })
    .where(and(eq(reconciliationBreak.breakId, breakId), inArray(reconciliationBreak.state, breakStatesBefore(to))))
    .returning()
  return row
}

/** A break, kept from others until the transaction is over; undefined when there is none. */
export async function lockBreak(tx: Tx, breakId: string): Promise<BreakRow | undefined> {
  const [row] = await tx
    .select()
    .from(reconciliationBreak)
    .where(eq(reconciliationBreak.breakId, breakId))
    .for('update')
  return row
}

/** A break; undefined when there is none. */
export async function findBreak(db: Queries, breakId: string): Promise<BreakRow | undefined> {
  const [row] = await db.select().from(reconciliationBreak).where(eq(reconciliationBreak.breakId, breakId))
  return row
}

/** What happened to a break, oldest first. */
export async function changesOf(db: Queries, breakId: string): Promise<BreakChangeRow[]> {
  return db.select().from(breakChange).where(eq(breakChange.breakId, breakId)).orderBy(asc(breakChange.changeId))
}

/** Where a page of breaks ended. */
export type BreakCursor = { readonly createTime: string; readonly breakId: string }

/** Which breaks are listed; what is undefined does not matter. */
export type BreakFilter = {
  readonly states: readonly BreakState[]
  readonly kind: Finding | undefined
  readonly ownerUserId: string | undefined
  readonly beforeTime: Date | undefined
  readonly reconciliationId: string | undefined
  readonly limit: number
  readonly after: BreakCursor | undefined
}

/** Breaks, oldest first. */
export async function listBreakRows(db: Queries, filter: BreakFilter): Promise<BreakRow[]> {
  const { createTime, breakId, state, kind, ownerUserId, reconciliationId } = reconciliationBreak
  const { after } = filter
  const afterTime = after && new Date(after.createTime)
  return db
    .select()
    .from(reconciliationBreak)
    .where(
      and(
        inArray(state, [...filter.states]),
        filter.kind && sql`${kind} = ${filter.kind}`,
        filter.ownerUserId === undefined ? undefined : eq(ownerUserId, filter.ownerUserId),
        filter.beforeTime && lt(createTime, filter.beforeTime),
        filter.reconciliationId === undefined ? undefined : eq(reconciliationId, filter.reconciliationId),
        after && afterTime && or(gt(createTime, afterTime), and(eq(createTime, afterTime), gt(breakId, after.breakId))),
      ),
    )
    .orderBy(asc(createTime), asc(breakId))
    .limit(filter.limit)
}
