import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { money, moneyToProto, type Tx } from '#kit'
import { RefundFailedSchema, RefundSettledSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { type Transfer, refundSettled, reversed } from '../domain/books.ts'
import { closeCallback } from '../store/callbacks.ts'
import { releaseRefund } from '../store/intents.ts'
import { type Entry, postEntry, transfersOf } from '../store/journal.ts'
import { moveRefund } from '../store/refunds.ts'
import type { RefundRow } from '../store/schema.ts'
import { raiseAlert } from './alerts.ts'
import { announceIntent } from './changes.ts'

/** What was learnt when a refund turned out to have arrived. */
export type Returned = { readonly receipt: string | undefined; readonly cause: string; readonly callbackId?: string }

/** Books a refund as arrived, and tells. Repeats change nothing. */
export async function settleRefund(ctx: Ctx, refund: RefundRow, returned: Returned): Promise<void> {
  // All rows: it is a provider that acts here, upon a refund of ours, and not a session.
  await ctx.db.transaction((tx) => settleRefundIn(ctx, tx, refund, returned), 'system')
}

/** As {@link settleRefund}, as part of the caller's transaction. */
export async function settleRefundIn(ctx: Ctx, tx: Tx, refund: RefundRow, returned: Returned): Promise<void> {
  const now = ctx.clock.now()
  const moved = await moveRefund(tx, refund.refundId, 'SUCCEEDED', {
    cause: returned.cause,
    receipt: returned.receipt ?? null,
    nextActionTime: null,
    settleTime: now,
    updateTime: now,
  })
  if (returned.callbackId) await closeCallback(tx, returned.callbackId, moved ? 'SETTLED' : 'DUPLICATE', now)
  if (!moved) return
  await postEntry(tx, entryOf(ctx, refund, 'REFUND_SETTLED', refundSettled(refund, amountOf(refund))))
  await tx.publish(RefundSettledSchema, refund.paymentIntentId, {
    ...factsOf(refund),
    settleTime: timestampFromDate(now),
  })
  tx.afterCommit(() => {
    ctx.happened('refund-settled', { provider: refund.provider, refundId: refund.refundId, cause: returned.cause })
  })
}

/** Books a refund as refused: the promise is taken back by a reversal, and the money can be refunded anew. */
export async function refuseRefund(ctx: Ctx, refund: RefundRow, code: string, callbackId?: string): Promise<void> {
  const { refundId, paymentIntentId, provider, tenantId } = refund
  const now = ctx.clock.now()
  // All rows: it is a provider that acts here, upon a refund of ours, and not a session.
  await ctx.db.transaction(async (tx) => {
    const change = { cause: `provider refused: ${code}`, failureCode: code, nextActionTime: null, settleTime: now }
    const moved = await moveRefund(tx, refundId, 'FAILED', { ...change, updateTime: now })
    if (callbackId) await closeCallback(tx, callbackId, moved ? 'FAILED' : 'DUPLICATE', now)
    if (!moved) return
    await takeBackPromise(ctx, tx, refund)
    await tx.publish(RefundFailedSchema, paymentIntentId, { ...factsOf(refund), failTime: timestampFromDate(now) })
    const detail = `refused with ${code}`
    await raiseAlert(ctx, tx, {
      kind: 'REFUND_REFUSED',
      provider,
      tenantId,
      paymentIntentId,
      subjectId: refundId,
      detail,
    })
  }, 'system')
}

/** Books that a promised refund will not be given: the money can be refunded anew. */
export async function takeBackPromise(ctx: Ctx, tx: Tx, refund: RefundRow): Promise<void> {
  const { refundId, paymentIntentId } = refund
  await releaseRefund(tx, paymentIntentId, refund.amountMinor, ctx.clock.now())
  const promised = await transfersOf(tx, refundId, 'REFUND_PROMISED')
  await postEntry(tx, entryOf(ctx, refund, 'REFUND_RELEASED', reversed(promised)))
  tx.afterCommit(() => announceIntent(ctx, paymentIntentId))
}

function entryOf(ctx: Ctx, refund: RefundRow, kind: Entry['kind'], transfers: readonly Transfer[]): Entry {
  return {
    entryId: ctx.newId(),
    tenantId: refund.tenantId,
    kind,
    paymentIntentId: refund.paymentIntentId,
    causeId: refund.refundId,
    transfers,
    postTime: ctx.clock.now(),
  }
}

function amountOf(refund: RefundRow) {
  return money(refund.currency, refund.amountMinor)
}

function factsOf(refund: RefundRow) {
  return {
    tenantId: refund.tenantId,
    refundId: refund.refundId,
    paymentIntentId: refund.paymentIntentId,
    orderId: refund.orderId,
    amount: moneyToProto(amountOf(refund)),
  }
}
