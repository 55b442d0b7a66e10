import { sql } from 'drizzle-orm'
import type { Queries } from '#kit'
import type { Finding } from '../domain/breaks.ts'
import { liveAttemptStates } from '../domain/states.ts'
import type { Period } from './movements.ts'
import type { ReconciliationRow } from './reconciliation_schema.ts'
import { at, oneOf, rowOf } from './rows.ts'
import { type AttemptRow, paymentAttempt } from './schema.ts'
import { referenceSealed } from './sealed.ts'

/** How far a reconciliation by asking has come. */
export async function lastAsked(db: Queries, { reconciliationId }: ReconciliationRow) {
  const [row] = await db.execute<{ count: number; after: string | null }>(sql`
    select count(*)::int as count, max(subject_id::text) as after
    from settlement_line where reconciliation_id = ${reconciliationId}`)
  return { count: row?.count ?? 0, after: row?.after ?? undefined }
}

/** Payments of a period that were settled in it, or that have no outcome; in the order of their ids. */
export async function attemptsToAsk(
  db: Queries,
  provider: string,
  { fromTime, toTime }: Period,
  after: string | undefined,
  limit: number,
): Promise<AttemptRow[]> {
  const rows = await db.execute(sql`
    select * from payment_attempt
    where provider = ${provider} and ${after === undefined ? sql`true` : sql`attempt_id > ${after}::uuid`}
      and (state = 'SUCCEEDED' and settle_time >= ${at(fromTime)} and settle_time < ${at(toTime)}
        or state in ${oneOf(liveAttemptStates)} and create_time >= ${at(fromTime)} and create_time < ${at(toTime)})
    order by attempt_id limit ${limit}`)
  return rows.map((raw) => rowOf(paymentAttempt, raw))
}

/** What was made of one answer. */
export type Answer = { readonly attempt: AttemptRow; readonly finding: Finding; readonly lineNumber: number }

/** Remembers answers beside the lines of files: what the provider says is ours where it agrees, and nothing else. */
export async function keepAnswers(
  db: Queries,
  { reconciliationId, provider }: ReconciliationRow,
  answers: readonly Answer[],
): Promise<void> {
  const rows = answers.map(({ attempt, finding, lineNumber }) => ({
    lineNumber,
    finding,
    completed: finding === 'MATCHED',
    receipt: referenceSealed(attempt.receipt ?? ''),
    reference: attempt.orderReference,
    currency: attempt.currency,
    amountMinor: attempt.amountMinor.toString(),
    time: attempt.settleTime ?? attempt.createTime,
    subjectId: attempt.attemptId,
    tenantId: attempt.tenantId,
    succeeded: attempt.state === 'SUCCEEDED',
  }))
  await db.execute(sql`
    insert into settlement_line (reconciliation_id, line_number, provider, kind, incoming, completed, receipt, reference,
      party, currency, amount_minor, complete_time, finding, asked, subject_id, subject_tenant_id, subject_currency,
      subject_minor, subject_succeeded)
    select ${reconciliationId}::uuid, "lineNumber", ${provider}, 'PAYMENT', true, completed, receipt, reference, '',
      currency, "amountMinor", time, finding, true, "subjectId", "tenantId", currency, "amountMinor", succeeded
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as answer("lineNumber" int, finding text, completed boolean,
      receipt text, reference text, currency text, "amountMinor" bigint, time timestamptz, "subjectId" uuid,
      "tenantId" uuid, succeeded boolean)`)
}
