import type { Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { capture, captureSurplus, type Holding } from '../domain/books.ts'
import { CASH, newCallbackToken } from '../providers/index.ts'
import { type CashPayment, insertCashPayments } from '../store/cash_payments.ts'
import { type Entry, postEntries } from '../store/journal.ts'
import { sharesNow } from './fee_rules.ts'

/** A payment that was taken in cash; `owedBack` when nothing could be given for it. */
export type TakenCash = Omit<CashPayment, 'attemptId' | 'callbackToken'> & { readonly owedBack: boolean }

/** Writes payments down and books those that are new. @returns how many were new */
export async function recordCash(ctx: Ctx, tx: Tx, taken: readonly TakenCash[]): Promise<number> {
  const now = ctx.clock.now()
  const payments = taken.map((one) => ({ ...one, attemptId: ctx.newId(), callbackToken: newCallbackToken() }))
  const fresh = await insertCashPayments(tx, payments, now)
  const entries: Entry[] = []
  for (const one of payments) {
    if (fresh.has(one.paymentIntentId)) entries.push(await entryOf(ctx, tx, one, now))
  }
  if (entries.length > 0) await postEntries(tx, entries)
  tx.afterCommit(() => ctx.happened('cash-recorded', { payments: entries.length }))
  return entries.length
}

async function entryOf(
  ctx: Ctx,
  tx: Tx,
  payment: TakenCash & { readonly attemptId: string },
  postTime: Date,
): Promise<Entry> {
  const { tenantId, paymentIntentId, attemptId, amount, collectorUserId: sellerUserId } = payment
  const holding: Holding = { tenantId, provider: CASH }
  const transfers = payment.owedBack
    ? captureSurplus(holding, amount)
    : capture(holding, amount, await sharesNow(ctx, tx, { ...holding, amount, time: postTime, sellerUserId }))
  return { entryId: ctx.newId(), tenantId, kind: 'CAPTURE', paymentIntentId, causeId: attemptId, transfers, postTime }
}
