import type { MessageInitShape } from '@bufbuild/protobuf'
import { mayOn, money, type Money, type Session, type Tx } from '#kit'
import type { ConfirmPaymentIntentResponseSchema } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { intentToProto, shownTo } from '../convert.ts'
import { providerAmountOf } from '../domain/amounts.ts'
import { CALL_SECONDS, secondsAfter } from '../domain/schedule.ts'
import { refuse } from '../errors.ts'
import { CASH, findProvider, newCallbackToken } from '../providers/index.ts'
import { type NewAttempt, startAttempt } from '../store/attempts.ts'
import { noteCollection } from '../store/cash_collections.ts'
import { findIntent } from '../store/intents.ts'
import type { AttemptRow, IntentRow } from '../store/schema.ts'
import { announce } from './changes.ts'
import { convertedBy } from './quote.ts'
import { sendCharge } from './send_charge.ts'
import { settleIn } from './settle.ts'

/** Who wants to pay what, and how. */
export type PaymentOrder = {
  readonly paymentIntentId: string
  readonly provider: string
  /** E.164; empty for cash. */
  readonly phone: string
  /** The rate of the quote that the payer agreed to; empty when none was asked for. */
  readonly exchangeRateId: string
  readonly session: Session
}

/** What staff need to take cash; it may be granted up to an amount. */
export const COLLECT_CASH = 'payment.cash.collect'

type Answer = MessageInitShape<typeof ConfirmPaymentIntentResponseSchema>

/**
 * Writes an attempt down and has the provider called after the commit; cash is settled on the spot.
 *
 * @throws {ConnectError} when the intent cannot be paid, or not like this
 */
export async function beginPayment(ctx: Ctx, tx: Tx, order: PaymentOrder): Promise<Answer> {
  const waitMs = waitWhileDown(ctx, order.provider)
  const now = ctx.clock.now()
  const queued = waitMs !== undefined
  const converted = await convertedBy(ctx, tx, order)
  const start = {
    attemptId: ctx.newId(),
    paymentIntentId: order.paymentIntentId,
    provider: order.provider,
    phone: order.phone,
    callbackToken: newCallbackToken(),
    createTime: now,
    // While the provider is away nothing is sent; else by then whoever makes the call is done, or dead.
    nextActionTime: secondsAfter(now, queued ? waitMs / 1000 : CALL_SECONDS),
    state: queued ? ('RETRYING' as const) : ('CREATED' as const),
    sendCount: queued ? 0 : 1,
    exchangeRateId: converted?.exchangeRateId ?? null,
    providerCurrency: converted?.providerAmount.currency ?? null,
    providerAmountMinor: converted?.providerAmount.minor ?? null,
  } satisfies NewAttempt
  const intent = await startAttempt(tx, start)
  if (!intent) throw await whyNot(tx, order.paymentIntentId, now)
  const attempt = attemptOf(intent, start)
  const amount = money(intent.currency, intent.amountMinor)
  if (order.provider === CASH) {
    refuseOverLimit(order.session, amount)
    return settleCash(ctx, tx, attempt, order.session)
  }
  refuseUnsuitable(ctx, order, providerAmountOf(attempt))
  if (queued && start.nextActionTime >= intent.expireTime) throw providerDown(order.provider, waitMs)
  tx.afterCommit(() => {
    announce(ctx, { intent, attempt })
    const { provider, attemptId } = attempt
    ctx.happened(queued ? 'payment-queued' : 'payment-started', { provider, attemptId })
    return queued ? undefined : sendCharge(ctx, attempt)
  })
  return { paymentIntent: shownTo(order.session, intentToProto({ intent, attempt })) }
}

/**
 * Milliseconds for which a payment must wait because the provider's circuit breaker is open; undefined when it need not.
 *
 * @throws {ConnectError} UNAVAILABLE / PROVIDER_UNAVAILABLE where payments are not queued: the payer may choose another
 *   way at once
 */
function waitWhileDown(ctx: Ctx, provider: string): number | undefined {
  const waitMs = findProvider(ctx, provider)?.unavailableMs('charge')
  if (waitMs !== undefined && !ctx.settings.queueProviders.includes(provider)) throw providerDown(provider, waitMs)
  return waitMs
}

function providerDown(provider: string, waitMs: number) {
  const sentence = 'the payment provider does not answer just now; nothing was charged'
  return refuse('PROVIDER_UNAVAILABLE', sentence, { provider }, { retryAfterMs: Math.ceil(waitMs) })
}

function refuseOverLimit(session: Session, amount: Money): void {
  if (mayOn(session, COLLECT_CASH, { amount })) return
  throw refuse('CASH_FORBIDDEN', 'you may not take this amount in cash')
}

/** Counted by staff: there is nobody to ask. */
async function settleCash(ctx: Ctx, tx: Tx, attempt: AttemptRow, session: Session): Promise<Answer> {
  const collectorUserId = session.userId
  const paid = await settleIn(ctx, tx, attempt, { cause: 'counted by staff', collectorUserId })
  if (!paid) throw refuse('INTENT_PAID', 'this is paid already')
  await noteCollection(tx, attempt, collectorUserId, ctx.clock.now())
  const view = { intent: paid, attempt: { ...attempt, state: 'SUCCEEDED', nextActionTime: null } as const }
  return { paymentIntent: shownTo(session, intentToProto(view)) }
}

/** Throws inside the transaction: nothing of the attempt stays. */
function refuseUnsuitable(ctx: Ctx, { provider, phone }: PaymentOrder, amount: Money): void {
  const fields = findProvider(ctx, provider)?.unsuitable(amount, phone) ?? [
    { field: 'method', description: 'this method is not offered' },
  ]
  if (fields.length === 0) return
  const sentence = fields.map(({ description }) => description).join('; ')
  throw refuse('METHOD_UNSUITABLE', sentence, { provider }, { fields })
}

/** Why an intent cannot be paid now. */
async function whyNot(tx: Tx, paymentIntentId: string, now: Date) {
  const intent = (await findIntent(tx, paymentIntentId))?.intent
  const metadata = { payment_intent_id: paymentIntentId }
  switch (intent?.state) {
    case undefined:
      return refuse('INTENT_UNKNOWN', 'there is no such payment', metadata)
    case 'SUCCEEDED':
      return refuse('INTENT_PAID', 'this is paid already', metadata)
    case 'CANCELLED':
      return refuse('INTENT_CANCELLED', 'the order was given up', metadata)
    case 'PROCESSING':
      return refuse('PAYMENT_IN_PROGRESS', 'an earlier attempt to pay has no outcome yet', metadata)
    case 'REQUIRES_PAYMENT':
      // Whoever was first has just failed: the caller may try again. Else its time is over and the job is yet to come.
      if (intent.expireTime > now)
        return refuse('PAYMENT_IN_PROGRESS', 'an earlier attempt has only just ended', metadata)
      return refuse('INTENT_EXPIRED', 'the time to pay has run out', metadata)
    case 'EXPIRED':
      return refuse('INTENT_EXPIRED', 'the time to pay has run out', metadata)
  }
}

function attemptOf(intent: IntentRow, start: NewAttempt): AttemptRow {
  return {
    ...start,
    tenantId: intent.tenantId,
    payerUserId: intent.payerUserId,
    sellerUserId: intent.sellerUserId,
    orderId: intent.orderId,
    orderReference: intent.orderReference,
    description: intent.description,
    currency: intent.currency,
    amountMinor: intent.amountMinor,
    requestReference: null,
    receipt: null,
    claimedReceipt: null,
    inquiryReference: null,
    failureReason: null,
    failureCode: null,
    queryCount: 0,
    cause: 'payer began to pay',
    updateTime: start.createTime,
    settleTime: null,
    approveUrl: null,
  }
}
