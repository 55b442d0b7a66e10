import { money, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { feesOf } from '../domain/breaks.ts'
import { closeMatched, insertBreaks, suggestSubjects } from '../store/breaks.ts'
import { postEntry } from '../store/journal.ts'
import * as matching from '../store/matching.ts'
import type { Gap, Matched } from '../store/matching.ts'
import type { Period } from '../store/movements.ts'
import type { ReconciliationRow } from '../store/reconciliation_schema.ts'
import { noteProgress } from '../store/reconciliations.ts'
import { referenceOpened } from '../store/sealed.ts'
import { raiseAlert } from './alerts.ts'

/** Breaks are written this many at a time. */
const BATCH = 500
/** More breaks than this in one reconciliation are not told one by one: the file is likely of another account. */
const TOLD_ONE_BY_ONE = 500

/** A reconciliation of which everything that the provider says is here. */
export type Gathered = ReconciliationRow & Period

/**
 * Compares what the provider says with the books, in one transaction: matches, writes breaks down, closes those whose
 * other half has come, books fees, and freezes the totals. When another process has taken over, nothing of it stays.
 */
export async function conclude(ctx: Ctx, row: Gathered): Promise<void> {
  // All rows: the money of all companies lies in one account with the provider.
  const found = await ctx.db
    .transaction((tx) => concludeIn(ctx, tx, row), 'system')
    .catch((err: unknown) => {
      if (err instanceof TakenOver) return undefined
      throw err
    })
  if (found) ctx.happened('reconciliation-completed', { provider: row.provider, source: row.source, ...found })
}

class TakenOver extends Error {}

async function concludeIn(ctx: Ctx, tx: Tx, row: Gathered) {
  const { reconciliationId, provider, fromTime, toTime, account, processedCount } = row
  const fromFile = row.source === 'FILE'
  await matching.lockProvider(tx, provider)
  if (fromFile) await matchLines(tx, row)
  const inLines = await breakAll(ctx, tx, row, 0, (limit) => matching.gapsInLines(tx, row, limit))
  const breaks = fromFile
    ? await breakAll(ctx, tx, row, inLines, (limit) => matching.gapsInBooks(tx, row, account, limit))
    : inLines
  if (fromFile && breaks <= TOLD_ONE_BY_ONE) await suggestSubjects(tx, row)
  const closed = await closeMatched(tx, ctx.clock.now())
  if (fromFile) await bookFees(ctx, tx, row)
  await matching.freezeTotals(tx, row, fromFile ? account : undefined)
  if (breaks > TOLD_ONE_BY_ONE) await alertOfMany(ctx, tx, row, breaks)
  const completeTime = ctx.clock.now()
  const done = { state: 'COMPLETED', account, fromTime, toTime, processedCount, completeTime } as const
  if (!(await noteProgress(tx, row, done))) throw new TakenOver(reconciliationId)
  return { lines: processedCount, breaks, closed }
}

/** From the surest rule to the least sure; each takes what the ones before have left. */
async function matchLines(tx: Tx, matched: Matched): Promise<void> {
  await matching.markDuplicates(tx, matched)
  await matching.matchByReceipt(tx, matched)
  await matching.matchByReference(tx, matched)
  await matching.learnReceipts(tx, matched)
  await matching.findTheRest(tx, matched)
}

/** Writes every difference down that `find` has, some at a time. Returns how many there are by now. */
async function breakAll(
  ctx: Ctx,
  tx: Tx,
  row: Gathered,
  before: number,
  find: (limit: number) => Promise<Gap[]>,
): Promise<number> {
  let count = before
  for (;;) {
    const gaps = (await find(BATCH)).map((gap) => ({ ...gap, breakId: ctx.newId() }))
    await insertBreaks(tx, { ...row, now: ctx.clock.now() }, gaps)
    count += gaps.length
    if (count <= TOLD_ONE_BY_ONE) for (const gap of gaps) await alertOf(ctx, tx, row, gap)
    if (gaps.length < BATCH) return count
  }
}

function alertOf(ctx: Ctx, tx: Tx, { provider }: Gathered, gap: Gap & { readonly breakId: string }): Promise<void> {
  return raiseAlert(ctx, tx, {
    kind: 'RECONCILIATION_BREAK',
    provider,
    subjectId: gap.breakId,
    detail: `${gap.kind}, receipt ${gap.receipt === '' ? 'unknown' : referenceOpened(gap.receipt)}`,
    ...(gap.tenantId !== null && { tenantId: gap.tenantId }),
  })
}

function alertOfMany(ctx: Ctx, tx: Tx, { provider, reconciliationId }: Gathered, breaks: number): Promise<void> {
  const detail = `${breaks} breaks in one reconciliation: is it the right file?`
  return raiseAlert(ctx, tx, { kind: 'RECONCILIATION_BREAKS', provider, subjectId: reconciliationId, detail })
}

/** The provider keeps its fees by itself; the books follow, once for each fee, whatever files it stands in. */
async function bookFees(ctx: Ctx, tx: Tx, row: Gathered): Promise<void> {
  const sums = await matching.takeUnbookedFees(tx, row)
  if (sums.length === 0) return
  const fees = sums.map(({ currency, incoming, minor }) => ({ incoming, amount: money(currency, minor) }))
  await postEntry(tx, {
    entryId: ctx.newId(),
    tenantId: null,
    kind: 'PROVIDER_FEE',
    causeId: row.reconciliationId,
    transfers: feesOf(row.provider, fees),
    postTime: ctx.clock.now(),
  })
}
