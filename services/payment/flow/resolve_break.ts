import { isConstraint, money, type Tx } from '#kit'
import { type Ctx, perContext } from '../context.ts'
import { type Difference, oneMayResolve, type Resolution, transfersFor } from '../domain/breaks.ts'
import { limitsOf } from '../domain/limits.ts'
import { comingTo } from '../domain/states.ts'
import { refuse } from '../errors.ts'
import { findAttempt } from '../store/attempts.ts'
import { moveBreak } from '../store/breaks.ts'
import { findEntryId, postEntry } from '../store/journal.ts'
import type { BreakRow } from '../store/reconciliation_schema.ts'
import type { PayoutRow } from '../store/payout_schema.ts'
import { findPayout } from '../store/payouts.ts'
import { findRefund } from '../store/refunds.ts'
import type { AttemptRow, RefundRow } from '../store/schema.ts'
import { settlePayoutIn } from './payout/settle.ts'
import { settleIn } from './settle.ts'
import { settleRefundIn } from './settle_refund.ts'

/** Up to how much one person decides. @throws {RangeError} when the setting cannot be read */
export const resolutionLimits = perContext(({ settings }) => limitsOf(settings.reconciliationLimits))

/** How somebody explains a break. */
export type Explanation = {
  readonly resolution: Resolution
  readonly reason: string
  /** Our payment that it is, where the break itself does not say. */
  readonly subjectId: string | null
  /** Who explains it. */
  readonly resolver: string
}

/**
 * Resolves a break, or proposes the resolution when it is too large for one person. What is refused later would be
 * refused here: the second person is not asked in vain.
 *
 * @throws {ConnectError} INVALID_ARGUMENT / RESOLUTION_UNSUITABLE
 */
export async function explain(ctx: Ctx, tx: Tx, row: BreakRow, explanation: Explanation): Promise<BreakRow> {
  const gap = differenceOf(row)
  const { resolution, reason, resolver } = explanation
  const subjectId = explanation.subjectId ?? row.subjectId
  const proposal = { resolution, reason, resolver, subjectId, actor: resolver, updateTime: ctx.clock.now() }
  if (!oneMayResolve(gap, resolutionLimits(ctx))) {
    if (resolution === 'SETTLE_SUBJECT') await subjectOf(tx, { ...row, subjectId })
    else transfersOrRefuse(row, resolution)
    return moved(await moveBreak(tx, row.breakId, 'PROPOSED', { ...proposal, cause: `proposed ${resolution}` }), row)
  }
  const entryId = await book(ctx, tx, { ...row, subjectId }, resolution)
  return moved(await moveBreak(tx, row.breakId, 'RESOLVED', { ...proposal, entryId, cause: resolution }), row)
}

/** Books a proposed resolution to which a second person has agreed. */
export async function approve(ctx: Ctx, tx: Tx, row: BreakRow, approver: string, note: string): Promise<BreakRow> {
  if (!row.resolution) throw new Error(`break ${row.breakId} is PROPOSED without a resolution`)
  const entryId = await book(ctx, tx, row, row.resolution)
  const cause = note === '' ? `approved ${row.resolution}` : `approved ${row.resolution}: ${note}`
  const change = { cause, actor: approver, entryId, updateTime: ctx.clock.now() }
  return moved(await moveBreak(tx, row.breakId, 'RESOLVED', change), row)
}

/** The row was locked, so that its state is what was seen. */
function moved(after: BreakRow | undefined, { breakId, state }: BreakRow): BreakRow {
  if (!after) throw new Error(`break ${breakId} cannot leave ${state} so`)
  return after
}

/** Makes a resolution true in the books. Returns the entry; null when none was needed. */
async function book(ctx: Ctx, tx: Tx, row: BreakRow, resolution: Resolution): Promise<string | null> {
  if (resolution === 'SETTLE_SUBJECT') return settleSubject(ctx, tx, row)
  const transfers = transfersOrRefuse(row, resolution)
  if (transfers.length === 0) return null
  const entryId = ctx.newId()
  const kind = resolution === 'BOOK_PROVIDER_FEE' ? 'PROVIDER_FEE' : 'RECONCILIATION'
  // Entries of the platform alone: what a company is owed does not change by what its provider listed wrongly.
  await postEntry(tx, { entryId, tenantId: null, kind, causeId: row.breakId, transfers, postTime: ctx.clock.now() })
  return entryId
}

function transfersOrRefuse(row: BreakRow, resolution: Exclude<Resolution, 'SETTLE_SUBJECT'>) {
  try {
    return transfersFor(resolution, differenceOf(row))
  } catch (err) {
    if (err instanceof RangeError) throw unsuitable(row, err.message)
    throw err
  }
}

/** What both sides say about the money of a break. */
export function differenceOf(row: BreakRow): Difference {
  const { kind, provider, incoming } = row
  const amount = (currency: string | null, minor: bigint | null) =>
    currency === null || minor === null ? undefined : money(currency, minor)
  return {
    kind,
    provider,
    incoming,
    theirs: amount(row.providerCurrency, row.providerMinor),
    ours: amount(row.ourCurrency, row.ourMinor),
  }
}

type Subject =
  | { readonly entity: 'ATTEMPT'; readonly row: AttemptRow }
  | { readonly entity: 'REFUND'; readonly row: RefundRow }
  | { readonly entity: 'PAYOUT'; readonly row: PayoutRow }

/** Settles our payment, refund or payout in the ordinary way, as if the provider itself had told of it. */
async function settleSubject(ctx: Ctx, tx: Tx, row: BreakRow): Promise<string | null> {
  const subject = await subjectOf(tx, row)
  const word = { receipt: row.receipt === '' ? undefined : row.receipt, cause: 'reconciliation' }
  switch (subject.entity) {
    case 'ATTEMPT':
      await settleIn(ctx, tx, subject.row, word).catch((err: unknown) => {
        if (isConstraint(err, 'payment_attempt_receipt_once')) throw unsuitable(row, 'the receipt is another payment’s')
        throw err
      })
      return (await findEntryId(tx, subject.row.attemptId, 'CAPTURE')) ?? null
    case 'REFUND':
      await settleRefundIn(ctx, tx, subject.row, word)
      return (await findEntryId(tx, subject.row.refundId, 'REFUND_SETTLED')) ?? null
    case 'PAYOUT':
      await settlePayoutIn(ctx, tx, subject.row, word)
      return (await findEntryId(tx, subject.row.payoutId, 'PAYOUT_SETTLED')) ?? null
  }
}

/** What is to be settled. @throws {ConnectError} RESOLUTION_UNSUITABLE when it is not what the provider has moved */
async function subjectOf(tx: Tx, row: BreakRow): Promise<Subject> {
  const { theirs } = differenceOf(row)
  if (!theirs) throw unsuitable(row, 'the provider has moved nothing that could be settled')
  if (row.subjectId === null) throw unsuitable(row, 'say which payment it is')
  const subject = await findSubject(tx, row.subjectId, row.incoming)
  if (!subject) throw unsuitable(row, `there is no ${row.incoming ? 'payment' : 'refund or payout'} ${row.subjectId}`)
  const { provider, currency, amountMinor, state } = subject.row
  if (provider !== row.provider) throw unsuitable(row, `it is a payment by ${provider}`)
  if (currency !== theirs.currency || amountMinor !== theirs.minor) {
    throw unsuitable(row, 'its amount is not what the provider has moved')
  }
  const before: readonly string[] = comingTo(subject.entity, 'SUCCEEDED')
  if (!before.includes(state)) throw unsuitable(row, `it is ${state} already`)
  return subject
}

async function findSubject(tx: Tx, subjectId: string, incoming: boolean): Promise<Subject | undefined> {
  if (incoming) {
    const attempt = await findAttempt(tx, subjectId)
    return attempt && { entity: 'ATTEMPT', row: attempt }
  }
  const refund = await findRefund(tx, subjectId)
  if (refund) return { entity: 'REFUND', row: refund }
  const payout = await findPayout(tx, subjectId)
  return payout && { entity: 'PAYOUT', row: payout }
}

function unsuitable({ breakId, kind }: BreakRow, message: string) {
  return refuse('RESOLUTION_UNSUITABLE', message, { break_id: breakId, kind })
}
