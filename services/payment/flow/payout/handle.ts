import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx } from '../../context.ts'
import { wrongMoney } from '../../domain/callback.ts'
import { queryDelaySeconds, secondsAfter } from '../../domain/schedule.ts'
import { providerOf } from '../../providers/index.ts'
import { closeCallback } from '../../store/callbacks.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'
import { findPayout, movePayout } from '../../store/payouts.ts'
import { closeWithAlert } from '../alerts.ts'
import { namesOf, type Posted } from '../handle_callback.ts'
import { OVERTAKING_MS, PATIENT_TRIES, postpone } from '../handle_charge.ts'
import { applyWord } from './follow.ts'
import { amountOfPayout } from './entries.ts'
import { retryPayout } from './send.ts'
import { refusePayout, settlePayout } from './settle.ts'

/** The result of a payout, or the answer to our question about one. */
export async function handlePayoutClaim(ctx: Ctx, posted: Posted, payout: PayoutRow): Promise<void> {
  const { row, claim } = posted
  // A provider that tells at once is asked: what was posted is only the reason to.
  if (!providerOf(ctx, payout).inquire) return verify(ctx, posted, payout)
  const names = (reference: string | null) => reference !== null && claim.references.includes(reference)
  // Where our own id is the request's, it is known before the provider has answered.
  const isResult = names(payout.requestReference) || names(payout.payoutId)
  const isAnswer = names(payout.inquiryReference)
  if (!isResult && !isAnswer) return stray(ctx, posted, payout)
  if (posted.gaveUp) return gaveUp(ctx, posted, payout)
  if (!claim.success) return isResult ? notPaid(ctx, posted, payout) : notFound(ctx, posted, payout)
  const wrong = wrongMoney(claim, amountOfPayout(payout))
  if (wrong?.act === 'ALERT') {
    return closeWithAlert(ctx, row, 'REFUSED', { kind: wrong.kind, detail: wrong.detail, ...namesOf(payout) })
  }
  const cause = isResult ? 'callback' : 'inquiry'
  await settlePayout(ctx, payout, { receipt: claim.receipt, cause, callbackId: row.callbackId })
}

async function verify(ctx: Ctx, { row, tries }: Posted, payout: PayoutRow): Promise<void> {
  if (hasEnded(payout)) return void (await closeCallback(ctx.db.system, row.callbackId, 'DUPLICATE', ctx.clock.now()))
  const told = await applyWord(ctx, payout, 'callback', row.callbackId)
  if (!told) await postpone(ctx, row.callbackId, tries)
}

/** The provider gave up waiting for itself: what became of the payout is asked, never assumed. */
async function gaveUp(ctx: Ctx, { row }: Posted, payout: PayoutRow): Promise<void> {
  const now = ctx.clock.now()
  const nextActionTime = secondsAfter(now, queryDelaySeconds(0))
  const change = { cause: 'provider timed out', maybeTaken: true, nextActionTime, updateTime: now }
  await movePayout(ctx.db.system, payout.payoutId, 'UNKNOWN', change)
  await closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', now)
}

/** The provider says that it did not send the money. */
async function notPaid(ctx: Ctx, { row, claim }: Posted, payout: PayoutRow): Promise<void> {
  const { callbackId } = row
  const reason = providerOf(ctx, payout).reasonOf(claim.code)
  if (reason !== 'PROVIDER_BUSY') return refusePayout(ctx, payout, claim.code, callbackId)
  await retryPayout(ctx, payout, claim.code, callbackId)
  await closeCallback(ctx.db.system, callbackId, 'ANSWERED', ctx.clock.now())
}

/** The provider knows of no such payout: it is sent again, which it would recognise if it did. */
async function notFound(ctx: Ctx, { row, claim }: Posted, payout: PayoutRow): Promise<void> {
  await retryPayout(ctx, payout, claim.code)
  await closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', ctx.clock.now())
}

/** A result that may have overtaken the acknowledgement, or be nobody's. */
async function stray(ctx: Ctx, posted: Posted, payout: PayoutRow): Promise<void> {
  const { row, tries } = posted
  await sleep(OVERTAKING_MS)
  const latest = await findPayout(ctx.db.system, payout.payoutId)
  const told =
    latest?.requestReference !== payout.requestReference || latest?.inquiryReference !== payout.inquiryReference
  if (latest && told) return handlePayoutClaim(ctx, posted, latest)
  if (!hasEnded(payout) && tries < PATIENT_TRIES) return postpone(ctx, row.callbackId, tries)
  const detail = 'names another request than the one that its path was made for'
  await closeWithAlert(ctx, row, 'REFUSED', { kind: 'REFERENCE_MISMATCH', detail, ...namesOf(payout) })
}

function hasEnded({ state }: PayoutRow): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'REJECTED' || state === 'CANCELLED'
}
