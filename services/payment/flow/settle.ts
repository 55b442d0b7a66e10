import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { isConstraint, money, moneyToProto, type Tx } from '#kit'
import { PaymentFailedSchema, PaymentSucceededSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { methodOf, reasonToProto } from '../convert.ts'
import { capture, captureSurplus } from '../domain/books.ts'
import { NOBODY } from '../domain/paybill.ts'
import { addSurplus, failAttempt, type Failure, learnReceipt, settleAttempt } from '../store/attempts.ts'
import { closeCallback } from '../store/callbacks.ts'
import type { Entry } from '../store/journal.ts'
import type { AttemptRow, IntentRow } from '../store/schema.ts'
import { raiseAlert } from './alerts.ts'
import { announce } from './changes.ts'
import { sharesNow } from './fee_rules.ts'
import { refundSurplus } from './surplus.ts'

/** What was learnt when an attempt turned out to be paid. */
export type Paid = {
  readonly receipt?: string | undefined
  /** The provider's id of the request, when it was not known before. */
  readonly requestReference?: string | undefined
  /** Who said so, for the history: `callback`, `query`. */
  readonly cause: string
  readonly callbackId?: string | undefined
  /** The member of staff who counted the cash. */
  readonly collectorUserId?: string | undefined
}

/** What refuses a proof of payment that another attempt was settled by. */
const anotherPayments = ['payment_attempt_receipt_once', 'payment_attempt_request_once']

/**
 * Books an attempt as paid: attempt and intent SUCCEEDED, the ledger entry, and PaymentSucceeded, in one transaction.
 * Repeats change nothing. A second payment for one order is booked apart and refunded.
 */
export async function settle(ctx: Ctx, attempt: AttemptRow, paid: Paid): Promise<void> {
  try {
    // All rows: it is a provider that acts here, upon an attempt of ours, and not a session.
    await ctx.db.transaction((tx) => settleIn(ctx, tx, attempt, paid), 'system')
  } catch (err) {
    if (!anotherPayments.some((constraint) => isConstraint(err, constraint))) throw err
    await refuseProof(ctx, attempt, paid)
  }
}

/** As {@link settle}, as part of the caller's transaction. Returns the paid intent; undefined when nothing was new. */
export async function settleIn(ctx: Ctx, tx: Tx, attempt: AttemptRow, paid: Paid): Promise<IntentRow | undefined> {
  const { attemptId } = attempt
  const now = ctx.clock.now()
  const settled = await settleAttempt(tx, {
    attemptId,
    requestReference: paid.requestReference,
    receipt: paid.receipt,
    cause: paid.cause,
    callbackId: paid.callbackId,
    entry: await captureEntry(ctx, tx, attempt, paid, now),
  })
  if (settled === 'NOTHING') {
    if (paid.receipt !== undefined) await learnReceipt(tx, attemptId, paid.receipt)
    if (paid.callbackId) await closeCallback(tx, paid.callbackId, 'DUPLICATE', now)
    return undefined
  }
  if (settled === 'SURPLUS') {
    await addSurplus(tx, attempt, now)
    await refundSurplus(ctx, tx, { ...attempt, receipt: paid.receipt ?? null })
    return undefined
  }
  await (settled.tenantId === NOBODY ? tellUnmatched(ctx, tx, attempt) : publishSuccess(tx, settled, attempt, paid))
  const view = { ...attempt, state: 'SUCCEEDED', receipt: paid.receipt ?? null, nextActionTime: null } as const
  tx.afterCommit(() => {
    announce(ctx, { intent: settled, attempt: view })
    ctx.happened('payment-succeeded', { provider: attempt.provider, attemptId, cause: paid.cause })
  })
  return settled
}

/** Books an attempt as failed, and tells; its intent can be paid by another attempt while its time lasts. */
export async function fail(ctx: Ctx, attempt: AttemptRow, failure: Failure, callbackId?: string): Promise<void> {
  const now = ctx.clock.now()
  // All rows: it is a provider that acts here, upon an attempt of ours, and not a session.
  await ctx.db.transaction(async (tx) => {
    const failed = await failAttempt(tx, attempt.attemptId, failure, now)
    if (callbackId) await closeCallback(tx, callbackId, failed ? 'FAILED' : 'DUPLICATE', now)
    if (!failed) return
    await publishFailure(tx, attempt, failure, failed.intent?.state === 'REQUIRES_PAYMENT', now)
    const { reason, code } = failure
    const view = {
      ...attempt,
      state: 'FAILED',
      failureReason: reason,
      failureCode: code,
      nextActionTime: null,
    } as const
    tx.afterCommit(() => {
      if (failed.intent) announce(ctx, { intent: failed.intent, attempt: view })
      ctx.happened('payment-failed', { provider: attempt.provider, attemptId: attempt.attemptId, reason, result: code })
    })
  }, 'system')
}

async function captureEntry(
  ctx: Ctx,
  tx: Tx,
  attempt: AttemptRow,
  { collectorUserId }: Paid,
  postTime: Date,
): Promise<Entry> {
  const amount = money(attempt.currency, attempt.amountMinor)
  // Where payers have served themselves, whoever counted their cash has sold.
  const sellerUserId = attempt.sellerUserId ?? collectorUserId
  const shares = await sharesNow(ctx, tx, { ...attempt, amount, time: postTime, sellerUserId })
  return {
    entryId: ctx.newId(),
    tenantId: attempt.tenantId,
    kind: 'CAPTURE',
    paymentIntentId: attempt.paymentIntentId,
    causeId: attempt.attemptId,
    transfers: attempt.tenantId === NOBODY ? captureSurplus(attempt, amount) : capture(attempt, amount, shares),
    postTime,
  }
}

/** Money that no order explains is booked apart: a person decides what becomes of it. */
function tellUnmatched(ctx: Ctx, tx: Tx, { provider, paymentIntentId, attemptId }: AttemptRow): Promise<void> {
  const detail = 'paid by hand with a reference or an amount of no open order: it lies in suspense'
  return raiseAlert(ctx, tx, { kind: 'PAYBILL_UNMATCHED', provider, paymentIntentId, subjectId: attemptId, detail })
}

/** One receipt, and one request, proves one payment: a second attempt for which it is named is not proved by it. */
async function refuseProof(ctx: Ctx, attempt: AttemptRow, paid: Paid): Promise<void> {
  const { tenantId, paymentIntentId, attemptId, provider } = attempt
  await ctx.db.transaction(async (tx) => {
    if (paid.callbackId && !(await closeCallback(tx, paid.callbackId, 'REFUSED', ctx.clock.now()))) return
    await raiseAlert(ctx, tx, {
      kind: 'REFERENCE_MISMATCH',
      detail: 'names the receipt or the request of another payment',
      provider,
      tenantId,
      paymentIntentId,
      subjectId: attemptId,
      ...(paid.callbackId !== undefined && { callbackId: paid.callbackId }),
    })
  }, 'system')
}

function publishSuccess(tx: Tx, intent: IntentRow, attempt: AttemptRow, paid: Paid): Promise<void> {
  return tx.publish(PaymentSucceededSchema, intent.paymentIntentId, {
    tenantId: intent.tenantId,
    paymentIntentId: intent.paymentIntentId,
    orderId: intent.orderId,
    amount: moneyToProto(money(intent.currency, intent.amountMinor)),
    method: methodOf(attempt.provider),
    providerReference: paid.receipt ?? attempt.requestReference ?? paid.requestReference ?? '',
    succeedTime: intent.succeedTime ? timestampFromDate(intent.succeedTime) : undefined,
    late: intent.late,
  })
}

function publishFailure(tx: Tx, attempt: AttemptRow, failure: Failure, canRetry: boolean, now: Date): Promise<void> {
  return tx.publish(PaymentFailedSchema, attempt.paymentIntentId, {
    tenantId: attempt.tenantId,
    paymentIntentId: attempt.paymentIntentId,
    orderId: attempt.orderId,
    attemptId: attempt.attemptId,
    amount: moneyToProto(money(attempt.currency, attempt.amountMinor)),
    method: methodOf(attempt.provider),
    reason: reasonToProto(failure.reason),
    canRetry,
    failTime: timestampFromDate(now),
  })
}
