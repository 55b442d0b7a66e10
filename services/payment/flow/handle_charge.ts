import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx } from '../context.ts'
import { providerAmountOf } from '../domain/amounts.ts'
import { type Judgement, judgeCharge, wrongMoney } from '../domain/callback.ts'
import { queryDelaySeconds, secondsAfter } from '../domain/schedule.ts'
import { providerOf } from '../providers/index.ts'
import type { Verdict } from '../providers/provider.ts'
import { findAttempt, learnReceipt, noteClaim, noteOnAttempt } from '../store/attempts.ts'
import { closeCallback, postponeCallback } from '../store/callbacks.ts'
import type { AttemptRow } from '../store/schema.ts'
import { closeWithAlert } from './alerts.ts'
import { chargeOf } from './charge.ts'
import { idFrom } from '../domain/paybill.ts'
import { isLive } from './follow_approval.ts'
import { askProvider, inquire } from './follow_charge.ts'
import { namesOf, type Posted } from './handle_callback.ts'
import { fail, settle } from './settle.ts'

/** Tries after which an answer whose question is not known here is taken for a stranger's. */
export const PATIENT_TRIES = 3
/** An answer may be here before the acknowledgement is written down, by about this much. */
export const OVERTAKING_MS = 200

/** A callback about a charge: judged by what we know, then believed only as far as the provider confirms it. */
export async function handleChargeClaim(ctx: Ctx, posted: Posted, attempt: AttemptRow): Promise<void> {
  const { row, claim } = posted
  const now = ctx.clock.now()
  const requestReference = expectedReference(ctx, attempt)
  const judgement = judgeCharge(claim, { ...attempt, requestReference, amount: providerAmountOf(attempt) }, now)
  switch (judgement.act) {
    case 'ALERT':
      return refuse(ctx, posted, attempt, judgement)
    case 'IGNORE':
      await closeCallback(ctx.db.system, row.callbackId, 'DUPLICATE', now)
      return
    case 'LEARN_RECEIPT':
      await learnReceipt(ctx.db.system, attempt.attemptId, judgement.receipt)
      await closeCallback(ctx.db.system, row.callbackId, 'DUPLICATE', now)
      return
    case 'ASK':
      return verify(ctx, posted, attempt)
  }
}

/** The provider's reference of an attempt, before it was acknowledged too where we choose it ourselves. */
function expectedReference(ctx: Ctx, attempt: AttemptRow): string | null {
  return attempt.requestReference ?? providerOf(ctx, attempt).referenceOf?.(chargeOf(attempt)) ?? null
}

async function verify(ctx: Ctx, posted: Posted, attempt: AttemptRow): Promise<void> {
  const { row, claim } = posted
  const [claimed = null] = claim.references
  const reference = expectedReference(ctx, attempt) ?? claimed
  const verdict = await askProvider(ctx, attempt, reference)
  switch (verdict.outcome) {
    case 'PAID':
      return believe(ctx, posted, attempt, { reference, receipt: verdict.receipt })
    case 'FAILED':
      if (!claim.success) return failed(ctx, posted, attempt, verdict)
      return providerOf(ctx, attempt).inquire ? doubt(ctx, posted, attempt) : refuted(ctx, posted, attempt, verdict)
    case 'AWAITING_PAYER':
    case 'PENDING':
    case 'UNKNOWN':
      return postpone(ctx, row.callbackId, posted.tries)
  }
}

/** The provider says paid: so it is, whatever the callback said. */
async function believe(
  ctx: Ctx,
  posted: Posted,
  attempt: AttemptRow,
  known: { readonly reference: string | null; readonly receipt: string | undefined },
): Promise<void> {
  const { row, claim } = posted
  const { callbackId } = row
  if (claim.success) {
    const receipt = known.receipt ?? (claim.receipt === '' ? undefined : claim.receipt)
    const requestReference = known.reference ?? undefined
    return settle(ctx, attempt, { receipt, requestReference, cause: 'callback', callbackId })
  }
  await settle(ctx, attempt, { receipt: known.receipt, cause: 'query' })
  const detail = 'says failed where the provider says paid'
  await closeWithAlert(ctx, row, 'REFUSED', { kind: 'CALLBACK_CONTRADICTED', detail, ...namesOf(attempt) })
}

async function failed(
  ctx: Ctx,
  { row }: Posted,
  attempt: AttemptRow,
  { reason, code }: Extract<Verdict, { outcome: 'FAILED' }>,
): Promise<void> {
  await fail(ctx, attempt, { reason, code, cause: 'callback' }, row.callbackId)
}

/** The callback says paid, and the provider, whose word is its last, says failed: it was not the provider who posted it. */
async function refuted(
  ctx: Ctx,
  { row }: Posted,
  attempt: AttemptRow,
  { reason, code }: Extract<Verdict, { outcome: 'FAILED' }>,
): Promise<void> {
  await fail(ctx, attempt, { reason, code, cause: 'query' })
  const detail = 'says paid where the provider says failed'
  await closeWithAlert(ctx, row, 'REFUSED', { kind: 'CALLBACK_CONTRADICTED', detail, ...namesOf(attempt) })
}

/**
 * The callback says paid, the status query says failed. Either may be wrong: Daraja's own sandbox has called paid pushes
 * failed. The receipt that the callback names decides, when the provider is asked about that.
 */
async function doubt(ctx: Ctx, { row, claim }: Posted, attempt: AttemptRow): Promise<void> {
  const { attemptId } = attempt
  const now = ctx.clock.now()
  if (!(await noteClaim(ctx.db.system, attemptId, claim.receipt, now))) {
    await closeCallback(ctx.db.system, row.callbackId, 'DUPLICATE', now)
    return
  }
  const detail = 'says paid where the provider says failed; asking about the receipt'
  await closeWithAlert(ctx, row, 'AWAITING_INQUIRY', { kind: 'CALLBACK_CONTRADICTED', detail, ...namesOf(attempt) })
  await inquire(ctx, attempt, claim.receipt)
}

/** The provider's answer to our question about a receipt. */
export async function handleInquiryAnswer(ctx: Ctx, posted: Posted, attempt: AttemptRow): Promise<void> {
  const { row, claim } = posted
  const { callbackId } = row
  const known = attempt.inquiryReference !== null && claim.references.includes(attempt.inquiryReference)
  if (!known) return strayAnswer(ctx, posted, attempt)
  if (posted.gaveUp || attempt.claimedReceipt === null) {
    // Not an answer, or one that was heard before; what is still open is asked again by the schedule.
    await closeCallback(ctx.db.system, callbackId, 'DUPLICATE', ctx.clock.now())
    return
  }
  if (!claim.success || claim.receipt !== attempt.claimedReceipt) return unknownReceipt(ctx, posted, attempt)
  const wrong = wrongMoney(claim, providerAmountOf(attempt))
  if (wrong?.act === 'ALERT') return refuse(ctx, posted, attempt, wrong)
  return settle(ctx, attempt, { receipt: claim.receipt, cause: 'inquiry by receipt', callbackId })
}

/** The provider knows no such receipt: the callback was forged, and the status query is believed again. */
async function unknownReceipt(ctx: Ctx, { row }: Posted, attempt: AttemptRow): Promise<void> {
  const now = ctx.clock.now()
  const nextActionTime = isLive(attempt) ? now : null
  await noteOnAttempt(ctx.db.system, attempt.attemptId, { claimedReceipt: null, nextActionTime })
  if (!isByHand(attempt)) {
    await closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', now)
    return
  }
  // Of a push a person was told when its callback was doubted; of a payment by hand there was no word to doubt.
  const detail = 'a payment by hand was reported that the provider does not know'
  await closeWithAlert(ctx, row, 'REFUSED', { kind: 'CALLBACK_CONTRADICTED', detail, ...namesOf(attempt) })
}

/** An answer to a question that is not noted here: it may have overtaken the note, or be nobody's. */
async function strayAnswer(ctx: Ctx, posted: Posted, attempt: AttemptRow): Promise<void> {
  await sleep(OVERTAKING_MS)
  const latest = await findAttempt(ctx.db.system, attempt.attemptId)
  if (latest && latest.inquiryReference !== attempt.inquiryReference) return handleInquiryAnswer(ctx, posted, latest)
  const open = attempt.claimedReceipt !== null && posted.tries < PATIENT_TRIES
  if (open) return postpone(ctx, posted.row.callbackId, posted.tries)
  const detail = 'answers a question that was not asked'
  await closeWithAlert(ctx, posted.row, 'REFUSED', { kind: 'REFERENCE_MISMATCH', detail, ...namesOf(attempt) })
}

async function refuse(
  ctx: Ctx,
  { row }: Posted,
  attempt: AttemptRow,
  { kind, detail }: Extract<Judgement, { act: 'ALERT' }>,
): Promise<void> {
  await closeWithAlert(ctx, row, 'REFUSED', { kind, detail, ...namesOf(attempt) })
}

/** Leaves a callback until the provider is ready to speak about it. */
export async function postpone(ctx: Ctx, callbackId: string, tries: number): Promise<void> {
  await postponeCallback(ctx.db.system, callbackId, secondsAfter(ctx.clock.now(), queryDelaySeconds(tries)))
}

/** Whether the payer began the payment: its attempt was made of the receipt that it was reported with. */
function isByHand({ attemptId, claimedReceipt }: AttemptRow): boolean {
  return claimedReceipt !== null && attemptId === idFrom(claimedReceipt, 'attempt')
}
