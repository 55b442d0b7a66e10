import { money, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { captureSurplus } from '../domain/books.ts'
import { postEntry } from '../store/journal.ts'
import type { AttemptRow } from '../store/schema.ts'
import { raiseAlert } from './alerts.ts'
import { promiseRefund } from './promise_refund.ts'

/** Books a second payment for one order as money that belongs to nobody here, and gives it back at once. */
export async function refundSurplus(ctx: Ctx, tx: Tx, attempt: AttemptRow): Promise<void> {
  const { attemptId, paymentIntentId, provider, tenantId } = attempt
  const amount = money(attempt.currency, attempt.amountMinor)
  await postEntry(tx, {
    entryId: ctx.newId(),
    tenantId,
    kind: 'CAPTURE',
    paymentIntentId,
    causeId: attemptId,
    transfers: captureSurplus({ tenantId, provider }, amount),
    postTime: ctx.clock.now(),
  })
  await promiseRefund(ctx, tx, attempt, { refundId: ctx.newId(), amount, reason: 'paid twice', surplus: true })
  await raiseAlert(ctx, tx, {
    kind: 'DOUBLE_CAPTURE',
    provider,
    tenantId,
    paymentIntentId,
    subjectId: attemptId,
    detail: 'the order was paid by an earlier attempt; this payment is being refunded',
  })
}
