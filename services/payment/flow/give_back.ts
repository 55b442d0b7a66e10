import type { Ctx } from '../context.ts'
import { providerAmountOf } from '../domain/amounts.ts'
import type { Return } from '../providers/provider.ts'
import { findAttempt, learnReceipt } from '../store/attempts.ts'
import type { AttemptRow, RefundRow } from '../store/schema.ts'
import { searchFor } from './follow_charge.ts'

/** A refund as its provider needs to know it; undefined while the receipt of the payment cannot be had. */
export async function returnOf(ctx: Ctx, refund: RefundRow): Promise<Return | undefined> {
  // All rows: the refund is ours, and no session is at work.
  const attempt = await findAttempt(ctx.db.system, refund.attemptId)
  if (!attempt) return undefined
  const paidReceipt = refund.paidReceipt ?? attempt.receipt ?? (await findReceipt(ctx, attempt))
  if (paidReceipt === undefined) return undefined
  return {
    refundId: refund.refundId,
    attemptId: refund.attemptId,
    amount: providerAmountOf(refund),
    paidAmount: providerAmountOf(attempt),
    phone: refund.phone,
    paidReceipt,
    reason: refund.reason,
    earlierRefunds: refund.earlierRefunds,
    repeated: refund.sendCount > 1,
    reference: refund.requestReference ?? undefined,
  }
}

/** The receipt of a payment that a query settled: a query does not always tell it, the provider's list and callbacks do. */
async function findReceipt(ctx: Ctx, attempt: AttemptRow): Promise<string | undefined> {
  const verdict = await searchFor(ctx, attempt)
  if (verdict.outcome !== 'PAID' || verdict.receipt === undefined) return undefined
  await learnReceipt(ctx.db.system, attempt.attemptId, verdict.receipt)
  return verdict.receipt
}
