import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx } from '../context.ts'
import type { Finding } from '../domain/breaks.ts'
import { type Answer, attemptsToAsk, keepAnswers, lastAsked } from '../store/asking.ts'
import { findAttempt } from '../store/attempts.ts'
import type { ReconciliationRow } from '../store/reconciliation_schema.ts'
import { noteProgress } from '../store/reconciliations.ts'
import type { AttemptRow } from '../store/schema.ts'
import { conclude, type Gathered } from './conclude_reconciliation.ts'
import { askProvider, followCharge } from './follow_charge.ts'
import { leaseTime } from './reconcile.ts'

/** Asked and written down together: what a process that dies has to ask again. */
const BATCH = 20

/**
 * Asks the provider about each payment of the period: those that we have as paid, and those of which nobody has said what
 * became of them. What was asked is remembered, so that another process goes on where this one ended.
 */
export async function reconcileByAsking(ctx: Ctx, row: ReconciliationRow): Promise<void> {
  const { fromTime, toTime } = row
  if (!fromTime || !toTime) throw new Error(`reconciliation ${row.reconciliationId} asks about no period`)
  const period = { fromTime, toTime }
  let { count, after } = await lastAsked(ctx.db.system, row)
  for (;;) {
    const attempts = await attemptsToAsk(ctx.db.system, row.provider, period, after, BATCH)
    if (attempts.length === 0) return conclude(ctx, { ...row, ...period, processedCount: count } satisfies Gathered)
    const answers: Answer[] = []
    for (const attempt of attempts) {
      const finding = await ask(ctx, attempt)
      answers.push({ attempt: await latest(ctx, attempt), finding, lineNumber: ++count })
      await sleep(1_000 / ctx.settings.reconciliationAsksPerSecond)
    }
    after = attempts.at(-1)?.attemptId
    const mine = await noteProgress(ctx.db.system, row, { processedCount: count, leaseTime: leaseTime(ctx) })
    if (!mine) return
    await keepAnswers(ctx.db.system, row, answers)
  }
}

/** What the provider says against what we have; a payment without an outcome is followed in the ordinary way first. */
async function ask(ctx: Ctx, attempt: AttemptRow): Promise<Finding> {
  if (attempt.state !== 'SUCCEEDED') return follow(ctx, attempt)
  const { outcome } = await askProvider(ctx, attempt, attempt.requestReference)
  if (outcome === 'PAID') return 'MATCHED'
  return outcome === 'FAILED' ? 'STATUS_DIFFERS' : 'UNANSWERED'
}

async function follow(ctx: Ctx, attempt: AttemptRow): Promise<Finding> {
  await followCharge(ctx, attempt)
  const { state } = await latest(ctx, attempt)
  if (state === 'SUCCEEDED') return 'MATCHED'
  return state === 'FAILED' ? 'NOT_COMPLETED' : 'UNANSWERED'
}

async function latest(ctx: Ctx, attempt: AttemptRow): Promise<AttemptRow> {
  return (await findAttempt(ctx.db.system, attempt.attemptId)) ?? attempt
}
