import { createHash, timingSafeEqual } from 'node:crypto'
import { equals, money, parseMoney, type Money } from '#kit'
import type { Ctx } from '../context.ts'
import { idFrom, NOBODY, type PaybillPayment } from '../domain/paybill.ts'
import { queryDelaySeconds, secondsAfter } from '../domain/schedule.ts'
import { newCallbackToken } from '../providers/index.ts'
import type { CallbackAnswer, Paybill, PaymentProvider } from '../providers/provider.ts'
import { findAttempt, noteClaim, startAttempt } from '../store/attempts.ts'
import { closeCallback } from '../store/callbacks.ts'
import { findIntentByReference, insertIntent } from '../store/intents.ts'
import type { CallbackRow, IntentRow } from '../store/schema.ts'
import { closeWithAlert } from './alerts.ts'
import { inquire } from './follow_charge.ts'
import { postpone } from './handle_charge.ts'

/** Long enough for the provider's word about the receipt. */
const NOBODYS_SECONDS = 86_400

/** What the path of a callback says about a paybill: nothing, a question before the payment, or the payment. */
export function paybillStep(provider: PaymentProvider, pathToken: string): 'VALIDATION' | 'CONFIRMATION' | undefined {
  const { paybill } = provider
  if (!paybill) return undefined
  if (sameText(pathToken, `${paybill.token}.validate`)) return 'VALIDATION'
  return sameText(pathToken, `${paybill.token}.confirm`) ? 'CONFIRMATION' : undefined
}

/** Answers whether a payment may be made, in one read: the payer waits on the phone. */
export async function validatePaybill(ctx: Ctx, paybill: Paybill, body: Uint8Array): Promise<CallbackAnswer> {
  const payment = read(paybill, body)
  if (!payment) return paybill.answer('UNREADABLE')
  // All rows: the payer has no session.
  const intent = await findIntentByReference(ctx.db.system, payment.billReference)
  if (!intent || !isOpen(intent, ctx.clock.now())) return paybill.answer('UNKNOWN_REFERENCE')
  return paybill.answer(isAmountOf(payment, intent) ? 'ACCEPTED' : 'WRONG_AMOUNT')
}

/**
 * Takes in a payment that a payer began by hand: it becomes an attempt to pay the order that it names, or a payment of
 * nobody's, and either is settled only when M-Pesa has confirmed the receipt. Told twice, it is one attempt.
 */
export async function handlePaybill(ctx: Ctx, row: CallbackRow, tries: number, paybill: Paybill): Promise<void> {
  const now = ctx.clock.now()
  const payment = read(paybill, row.body)
  if (!payment) {
    return closeWithAlert(ctx, row, 'REFUSED', { kind: 'CALLBACK_UNREADABLE', detail: 'no paybill payment' })
  }
  const attemptId = idFrom(payment.receipt, 'attempt')
  // All rows, here and below: a callback is nobody's until it is believed.
  if (await findAttempt(ctx.db.system, attemptId)) {
    await closeCallback(ctx.db.system, row.callbackId, 'DUPLICATE', now)
    return
  }
  const named = await findIntentByReference(ctx.db.system, payment.billReference)
  const fits = named !== undefined && isAmountOf(payment, named)
  // What becomes of the attempt that is under way decides whether the order still is to be paid.
  if (fits && named.state === 'PROCESSING') return postpone(ctx, row.callbackId, tries)
  const intent = fits && isOpen(named, now) ? named : nobodys(ctx, paybill, payment)
  const begun = await begin(ctx, row, intent, payment)
  if (!begun) return postpone(ctx, row.callbackId, tries)
  const attempt = await findAttempt(ctx.db.system, attemptId)
  if (attempt) await inquire(ctx, attempt, payment.receipt)
}

async function begin(ctx: Ctx, row: CallbackRow, intent: IntentRow, payment: PaybillPayment): Promise<boolean> {
  const now = ctx.clock.now()
  const attemptId = idFrom(payment.receipt, 'attempt')
  return ctx.db.transaction(async (tx) => {
    if (intent.tenantId === NOBODY) await insertIntent(tx, intent)
    const started = await startAttempt(tx, {
      attemptId,
      paymentIntentId: intent.paymentIntentId,
      provider: row.provider,
      state: 'CREATED',
      sendCount: 0, // the payer began it: we sent nothing
      phone: '', // the number comes masked
      callbackToken: newCallbackToken(),
      createTime: now,
      nextActionTime: secondsAfter(now, queryDelaySeconds(0)),
      exchangeRateId: null,
      providerCurrency: null,
      providerAmountMinor: null,
    })
    if (!started) return false
    await noteClaim(tx, attemptId, payment.receipt, now)
    await closeCallback(tx, row.callbackId, 'AWAITING_INQUIRY', now)
    return true
  }, 'system')
}

/** An intent of the platform's own, for money that no order explains. */
function nobodys(ctx: Ctx, paybill: Paybill, { receipt, billReference, amount }: PaybillPayment): IntentRow {
  const now = ctx.clock.now()
  const { currency, minor } = parseMoney(paybill.currency, amount)
  return {
    paymentIntentId: idFrom(receipt, 'intent'),
    tenantId: NOBODY,
    payerUserId: null,
    sellerUserId: null,
    orderId: idFrom(receipt, 'order'),
    orderReference: billReference,
    description: 'paid by hand, for no open order',
    currency,
    amountMinor: minor,
    capturedMinor: 0n,
    refundedMinor: 0n,
    state: 'REQUIRES_PAYMENT',
    late: false,
    attemptId: null,
    attemptCount: 0,
    revision: 1n,
    cause: 'paid by hand',
    expireTime: secondsAfter(now, NOBODYS_SECONDS),
    createTime: now,
    updateTime: now,
    succeedTime: null,
  }
}

function read(paybill: Paybill, body: Uint8Array): PaybillPayment | undefined {
  try {
    const payment = paybill.parse(body)
    parseMoney(paybill.currency, payment.amount)
    return payment
  } catch (err) {
    if (err instanceof RangeError) return undefined
    throw err
  }
}

function isOpen({ state, expireTime }: IntentRow, now: Date): boolean {
  return state === 'REQUIRES_PAYMENT' && expireTime > now
}

function isAmountOf({ amount }: PaybillPayment, intent: IntentRow): boolean {
  const due: Money = money(intent.currency, intent.amountMinor)
  try {
    return equals(parseMoney(due.currency, amount), due)
  } catch {
    return false // finer than the currency
  }
}

/** Compares in a time that tells nothing about where two secrets differ. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
