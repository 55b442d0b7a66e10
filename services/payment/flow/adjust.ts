import { compare, exponentOf, money, type Money, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { reversed, type Transfer } from '../domain/books.ts'
import { insertAdjustment } from '../store/adjustments.ts'
import { entryRows, postEntry, transferOf } from '../store/journal.ts'
import type { AdjustmentRow } from '../store/ledger_schema.ts'
import type { TransferRow } from '../store/schema.ts'

/** What platform staff ask for. */
export type AdjustmentOrder = Pick<AdjustmentRow, 'adjustmentId' | 'tenantId' | 'reason' | 'makerUserId'> & {
  readonly what: { readonly transfer: Transfer } | { readonly reverses: readonly [TransferRow, ...TransferRow[]] }
}

/** Writes an adjustment down, and posts it unless it is so large that a second person has to look at it. */
export async function adjust(ctx: Ctx, tx: Tx, order: AdjustmentOrder): Promise<AdjustmentRow> {
  const row = rowOf(ctx, order)
  await insertAdjustment(tx, row)
  if (row.state === 'POSTED') await postAdjustment(ctx, tx, row)
  return row
}

/** Puts an adjustment into the journal. Fails on `journal_transfer_once` when it, or the reversal, is there already. */
export async function postAdjustment(ctx: Ctx, tx: Tx, row: AdjustmentRow): Promise<void> {
  const entry = { entryId: ctx.newId(), tenantId: row.tenantId, postTime: ctx.clock.now() }
  if (row.reversesEntryId === null) {
    const transfers = [adjustmentTransfer(row)]
    return postEntry(tx, { ...entry, kind: 'ADJUSTMENT', causeId: row.adjustmentId, transfers })
  }
  const rows = await entryRows(tx, row.reversesEntryId)
  await postEntry(tx, {
    ...entry,
    kind: 'REVERSAL',
    // The entry is the cause, so that it is reversed once.
    causeId: row.reversesEntryId,
    paymentIntentId: rows[0]?.paymentIntentId ?? undefined,
    transfers: reversed(rows.map(transferOf)),
  })
}

/** What an adjustment that reverses nothing moves. */
export function adjustmentTransfer(row: AdjustmentRow): Transfer {
  const { debitKind, debitHolder, creditKind, creditHolder } = row
  if (debitKind === null || debitHolder === null || creditKind === null || creditHolder === null) {
    throw new Error(`adjustment ${row.adjustmentId} has no accounts`)
  }
  return {
    debit: { kind: debitKind, holder: debitHolder },
    credit: { kind: creditKind, holder: creditHolder },
    amount: money(row.currency, row.amountMinor),
  }
}

function rowOf(ctx: Ctx, { what, ...order }: AdjustmentOrder): AdjustmentRow {
  const transfers = 'transfer' in what ? [what.transfer] : what.reverses.map(transferOf)
  const { amount, needsChecker } = weightOf(ctx, transfers)
  const { debit, credit } = 'transfer' in what ? what.transfer : { debit: undefined, credit: undefined }
  const now = ctx.clock.now()
  return {
    ...order,
    debitKind: debit?.kind ?? null,
    debitHolder: debit?.holder ?? null,
    creditKind: credit?.kind ?? null,
    creditHolder: credit?.holder ?? null,
    currency: amount.currency,
    amountMinor: amount.minor,
    reversesEntryId: 'transfer' in what ? null : what.reverses[0].entryId,
    state: needsChecker ? 'PROPOSED' : 'POSTED',
    needsChecker,
    checkerUserId: null,
    createTime: now,
    decideTime: needsChecker ? null : now,
  }
}

/** The largest amount that is moved, and whether that needs a second person; amounts of two currencies always do. */
function weightOf(ctx: Ctx, transfers: readonly Transfer[]): { amount: Money; needsChecker: boolean } {
  const amounts = transfers.map(({ amount }) => amount)
  const { currency } = amounts[0]!
  if (amounts.some((amount) => amount.currency !== currency)) return { amount: amounts[0]!, needsChecker: true }
  const amount = amounts.reduce((most, next) => (compare(next, most) > 0 ? next : most))
  return { amount, needsChecker: compare(amount, wholeUnits(currency, ctx.settings.adjustmentCheckedAbove)) > 0 }
}

const wholeUnits = (currency: Money['currency'], units: number): Money =>
  money(currency, BigInt(units) * 10n ** BigInt(exponentOf(currency)))
