import { isConstraint } from '#kit'
import type { Ctx } from '../context.ts'
import type { ReconciliationRow } from '../store/reconciliation_schema.ts'
import { deleteLines, hashOf, insertLines, noteProgress, partsOf, sameFile, spanOf } from '../store/reconciliations.ts'
import { type LayoutName, layouts } from '../settlement/index.ts'
import type { Preamble, SettlementAccount } from '../settlement/line.ts'
import { type Fault, readSettlementFile } from '../settlement/read_file.ts'
import { conclude } from './conclude_reconciliation.ts'
import { leaseTime } from './reconcile.ts'

const DAY_MS = 86_400_000
/** Files that do not say their period tell of whole days in East Africa. */
const OFFSET_MS = 3 * 3_600_000

/**
 * Reads an uploaded file and compares it with the books. Until the last line has been read nothing but the lines
 * themselves is written; a file with a fault leaves nothing behind but the faults.
 */
export async function reconcileFile(ctx: Ctx, row: ReconciliationRow): Promise<void> {
  const repeated = await claimContent(ctx, row)
  if (repeated !== undefined) return repeat(ctx, row, repeated)
  await deleteLines(ctx.db.system, row)
  const read = await readLines(ctx, row)
  if (read === 'TAKEN_OVER') return
  const faults = read.faults.length > 0 ? read.faults : faultsOf(ctx, row, read.preamble)
  if (faults.length > 0) return refuse(ctx, row, faults)
  const period = await periodOf(ctx, row, read.preamble)
  const account = accountOf(ctx, row, read.preamble)
  await conclude(ctx, { ...row, ...period, account, processedCount: read.lineCount })
}

/** Remembers the file by its hash. Returns the reconciliation that has had it before. */
async function claimContent(ctx: Ctx, row: ReconciliationRow): Promise<string | undefined> {
  const contentSha256 = await hashOf(ctx.db.system, row)
  const before = await sameFile(ctx.db.system, row, contentSha256)
  if (before !== undefined) return before
  try {
    await noteProgress(ctx.db.system, row, { contentSha256 })
    return undefined
  } catch (err) {
    if (!isConstraint(err, 'reconciliation_file_once')) throw err
    return sameFile(ctx.db.system, row, contentSha256) // another process claimed it between the two
  }
}

async function repeat(ctx: Ctx, row: ReconciliationRow, repeatedReconciliationId: string): Promise<void> {
  const completeTime = ctx.clock.now()
  await noteProgress(ctx.db.system, row, { state: 'REPEATED', repeatedReconciliationId, completeTime })
}

async function refuse(ctx: Ctx, row: ReconciliationRow, faults: readonly Fault[]): Promise<void> {
  await deleteLines(ctx.db.system, row)
  const completeTime = ctx.clock.now()
  await noteProgress(ctx.db.system, row, { state: 'FAILED', faults, processedCount: 0, completeTime })
  ctx.log.info({ reconciliation_id: row.reconciliationId, line: faults[0]?.lineNumber }, 'a settlement file is refused')
}

type ReadFile = { readonly preamble: Preamble; readonly lineCount: number; readonly faults: readonly Fault[] }

async function readLines(ctx: Ctx, row: ReconciliationRow): Promise<ReadFile | 'TAKEN_OVER'> {
  let preamble: Preamble = {}
  let lineCount = 0
  const content = partsOf(ctx.db.system, row)
  for await (const read of readSettlementFile(layouts[layoutOf(row)], row.currency, content)) {
    if ('faults' in read) return { preamble, lineCount, faults: read.faults }
    if ('preamble' in read) {
      preamble = { ...preamble, ...read.preamble }
      continue
    }
    await insertLines(ctx.db.system, row, read.lines)
    lineCount += read.lines.length
    const mine = await noteProgress(ctx.db.system, row, { processedCount: lineCount, leaseTime: leaseTime(ctx) })
    if (!mine) return 'TAKEN_OVER'
  }
  return { preamble, lineCount, faults: [] }
}

function layoutOf({ layout, reconciliationId }: ReconciliationRow): LayoutName {
  if (layout === null) throw new Error(`reconciliation ${reconciliationId} has a file without a layout`)
  return layout
}

/** What is wrong with a file that can be read. */
function faultsOf(ctx: Ctx, row: ReconciliationRow, { shortCode }: Preamble): Fault[] {
  if (row.provider !== 'mpesa' || shortCode === undefined || shortAccounts(ctx).has(shortCode)) return []
  return [{ lineNumber: 0, description: `the file is the statement of short code ${shortCode}, which is not ours` }]
}

function shortAccounts({ settings }: Ctx): ReadonlyMap<string, SettlementAccount> {
  const { mpesaShortCode, mpesaPayoutShortCode } = settings
  if (mpesaShortCode === mpesaPayoutShortCode) return new Map([[mpesaShortCode, 'ALL']])
  return new Map([
    [mpesaShortCode, 'COLLECTION'],
    [mpesaPayoutShortCode, 'PAYOUT'],
  ])
}

function accountOf(ctx: Ctx, row: ReconciliationRow, { shortCode }: Preamble): SettlementAccount {
  return (shortCode === undefined ? undefined : shortAccounts(ctx).get(shortCode)) ?? row.account
}

/** The period as asked for, else as the file says, else the whole days that its lines lie in. */
async function periodOf(ctx: Ctx, row: ReconciliationRow, preamble: Preamble) {
  if (row.fromTime && row.toTime) return { fromTime: row.fromTime, toTime: row.toTime }
  const { fromTime, toTime } = preamble
  if (fromTime && toTime) return { fromTime, toTime }
  const now = ctx.clock.now()
  const { first, last } = (await spanOf(ctx.db.system, row)) ?? { first: now, last: now }
  const midnight = (at: Date) => Math.floor((at.getTime() + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS
  return { fromTime: new Date(midnight(first)), toTime: new Date(midnight(last) + DAY_MS) }
}
