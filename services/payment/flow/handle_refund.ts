import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx } from '../context.ts'
import { providerAmountOf } from '../domain/amounts.ts'
import { wrongMoney } from '../domain/callback.ts'
import { queryDelaySeconds, secondsAfter } from '../domain/schedule.ts'
import { providerOf } from '../providers/index.ts'
import { closeCallback } from '../store/callbacks.ts'
import { findRefund, moveRefund } from '../store/refunds.ts'
import type { RefundRow } from '../store/schema.ts'
import { closeWithAlert } from './alerts.ts'
import { namesOf, type Posted } from './handle_callback.ts'
import { OVERTAKING_MS, PATIENT_TRIES, postpone } from './handle_charge.ts'
import { applyWord } from './follow_refund.ts'
import { retryRefund } from './send_refund.ts'
import { refuseRefund, settleRefund } from './settle_refund.ts'

/** The result of a refund, or the answer to our question about one. */
export async function handleRefundClaim(ctx: Ctx, posted: Posted, refund: RefundRow): Promise<void> {
  const { row, claim } = posted
  if (providerOf(ctx, refund).queryRefund) return verifyRefund(ctx, posted, refund)
  const names = (reference: string | null) => reference !== null && claim.references.includes(reference)
  const [isResult, isAnswer] = [names(refund.requestReference), names(refund.inquiryReference)]
  if (!isResult && !isAnswer) return strayResult(ctx, posted, refund)
  if (posted.gaveUp) return gaveUp(ctx, posted, refund)
  if (!claim.success) return isResult ? notReturned(ctx, posted, refund) : notFound(ctx, posted, refund)
  const wrong = wrongMoney(claim, providerAmountOf(refund))
  if (wrong?.act === 'ALERT') {
    const { kind, detail } = wrong
    return closeWithAlert(ctx, row, 'REFUSED', { kind, detail, ...namesOf(refund) })
  }
  const cause = isResult ? 'callback' : 'inquiry'
  await settleRefund(ctx, refund, { receipt: claim.receipt, cause, callbackId: row.callbackId })
}

/** A provider that tells at once is asked: what was posted is only the reason to. */
async function verifyRefund(ctx: Ctx, { row, tries }: Posted, refund: RefundRow): Promise<void> {
  const ended = refund.state === 'SUCCEEDED' || refund.state === 'FAILED'
  if (ended) return void (await closeCallback(ctx.db.system, row.callbackId, 'DUPLICATE', ctx.clock.now()))
  const told = await applyWord(ctx, refund, 'callback', row.callbackId)
  if (!told) await postpone(ctx, row.callbackId, tries)
}

/** The provider gave up waiting for itself: what became of the refund is asked, never assumed. */
async function gaveUp(ctx: Ctx, { row }: Posted, refund: RefundRow): Promise<void> {
  const now = ctx.clock.now()
  const nextActionTime = secondsAfter(now, queryDelaySeconds(0))
  const change = { cause: 'provider timed out', nextActionTime, updateTime: now }
  await moveRefund(ctx.db.system, refund.refundId, 'UNKNOWN', change)
  await closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', now)
}

/** The provider says that it did not give the money back. */
async function notReturned(ctx: Ctx, { row, claim }: Posted, refund: RefundRow): Promise<void> {
  const provider = providerOf(ctx, refund)
  const { callbackId } = row
  if (provider.meansDoneBefore(claim.code, { repeated: refund.sendCount > 1 })) {
    return settleRefund(ctx, refund, { receipt: undefined, cause: 'done by an earlier send', callbackId })
  }
  if (provider.reasonOf(claim.code) !== 'PROVIDER_BUSY') return refuseRefund(ctx, refund, claim.code, callbackId)
  await retryRefund(ctx, refund, claim.code)
  await closeCallback(ctx.db.system, callbackId, 'ANSWERED', ctx.clock.now())
}

/** The provider knows of no such refund: it is sent again, which it would recognise if it did. */
async function notFound(ctx: Ctx, { row, claim }: Posted, refund: RefundRow): Promise<void> {
  await retryRefund(ctx, refund, claim.code)
  await closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', ctx.clock.now())
}

/** A result that may have overtaken the acknowledgement, or be nobody's. */
async function strayResult(ctx: Ctx, posted: Posted, refund: RefundRow): Promise<void> {
  const { row, tries } = posted
  await sleep(OVERTAKING_MS)
  const latest = await findRefund(ctx.db.system, refund.refundId)
  const told =
    latest?.requestReference !== refund.requestReference || latest?.inquiryReference !== refund.inquiryReference
  if (latest && told) return handleRefundClaim(ctx, posted, latest)
  const open = refund.state !== 'SUCCEEDED' && refund.state !== 'FAILED'
  if (open && tries < PATIENT_TRIES) return postpone(ctx, row.callbackId, tries)
  const detail = 'names another request than the one that its path was made for'
  await closeWithAlert(ctx, row, 'REFUSED', { kind: 'REFERENCE_MISMATCH', detail, ...namesOf(refund) })
}
