import { isPositive, money, type Money, type Tx } from '#kit'
import type { Ctx } from '../context.ts'
import { refundPromised, surplusRefundPromised, type Transfer } from '../domain/books.ts'
import { commissionBack } from '../domain/commission.ts'
import { shareOf } from '../domain/exchange.ts'
import { CALL_SECONDS, secondsAfter } from '../domain/schedule.ts'
import { refuse } from '../errors.ts'
import { CASH, newCallbackToken } from '../providers/index.ts'
import { commissionsOf } from '../store/commissions.ts'
import { reserveRefund } from '../store/intents.ts'
import { postEntry } from '../store/journal.ts'
import { type EarlierRefunds, earlierRefundsOf, insertRefund } from '../store/refunds.ts'
import type { AttemptRow, RefundRow } from '../store/schema.ts'
import { announceIntent } from './changes.ts'
import { sendRefund } from './send_refund.ts'
import { settleRefundIn } from './settle_refund.ts'

/** What is to be given back of an attempt. */
export type RefundOrder = {
  readonly refundId: string
  readonly amount: Money
  readonly reason: string
  readonly surplus: boolean
  /** The member of staff who asks; undefined for an order. */
  readonly makerUserId?: string
  /** True when another person must approve it first. */
  readonly needsApproval?: boolean
}

/**
 * Writes a refund down and books the promise; the provider is called after the commit.
 *
 * Fails on `payment_intent_refund_within_capture` when that would be more than was captured, and on
 * `payment_refund_pkey` when the id was used before.
 */
export async function promiseRefund(ctx: Ctx, tx: Tx, attempt: AttemptRow, order: RefundOrder): Promise<RefundRow> {
  const now = ctx.clock.now()
  const { tenantId, paymentIntentId } = attempt
  // Locks the intent, so that refunds of one payment are counted one after the other.
  await reserveRefund(tx, paymentIntentId, order.amount.minor, now)
  const earlier = await earlierRefundsOf(tx, attempt.attemptId)
  const refund = refundOf(attempt, order, earlier, now)
  await insertRefund(tx, refund)
  await postEntry(tx, {
    entryId: ctx.newId(),
    tenantId,
    kind: 'REFUND_PROMISED',
    paymentIntentId,
    causeId: order.refundId,
    transfers: await promised(tx, attempt, order, earlier),
    postTime: now,
  })
  tx.afterCommit(() => announceIntent(ctx, paymentIntentId))
  return order.needsApproval ? refund : releaseToProvider(ctx, tx, refund)
}

/** The entry of a promise: what the payer is owed, and the commission that goes back with it. */
async function promised(tx: Tx, attempt: AttemptRow, order: RefundOrder, earlier: EarlierRefunds): Promise<Transfer[]> {
  const { tenantId, currency, amountMinor } = attempt
  if (order.surplus) return surplusRefundPromised(tenantId, order.amount)
  const paid = money(currency, amountMinor)
  const back = money(currency, earlier.amountMinor + order.amount.minor)
  return refundPromised(tenantId, order.amount, commissionBack({ paid, back }, await commissionsOf(tx, attempt)))
}

/** Has a refund that nobody need approve any more sent after the commit. */
export async function releaseToProvider(ctx: Ctx, tx: Tx, refund: RefundRow): Promise<RefundRow> {
  if (refund.provider !== CASH) {
    tx.afterCommit(() => sendRefund(ctx, refund))
    return refund
  }
  // Notes are handed over by whoever asked for the refund: there is nobody to wait for.
  await settleRefundIn(ctx, tx, refund, { receipt: undefined, cause: 'paid out in cash' })
  return { ...refund, state: 'SUCCEEDED' }
}

function refundOf(attempt: AttemptRow, order: RefundOrder, earlier: EarlierRefunds, now: Date): RefundRow {
  return {
    ...providerShare(attempt, order.amount, earlier),
    refundId: order.refundId,
    paymentIntentId: attempt.paymentIntentId,
    attemptId: attempt.attemptId,
    tenantId: attempt.tenantId,
    orderId: attempt.orderId,
    provider: attempt.provider,
    currency: order.amount.currency,
    amountMinor: order.amount.minor,
    reason: order.reason,
    surplus: order.surplus,
    earlierRefunds: earlier.count,
    phone: attempt.phone,
    paidReceipt: attempt.receipt,
    state: order.needsApproval ? 'AWAITING_APPROVAL' : 'CREATED',
    callbackToken: newCallbackToken(),
    requestReference: null,
    inquiryReference: null,
    receipt: null,
    failureCode: null,
    sendCount: 1,
    queryCount: 0,
    nextActionTime: order.needsApproval ? null : secondsAfter(now, CALL_SECONDS),
    cause: 'refund asked for',
    createTime: now,
    updateTime: now,
    settleTime: null,
    makerUserId: order.makerUserId ?? null,
    checkerUserId: null,
  }
}

/** What the provider gives back of a converted payment; nothing apart where it takes the amount itself. */
function providerShare(attempt: AttemptRow, amount: Money, earlier: EarlierRefunds) {
  const { currency, amountMinor, providerCurrency, providerAmountMinor } = attempt
  if (providerCurrency === null || providerAmountMinor === null) {
    return { providerCurrency: null, providerAmountMinor: null }
  }
  const paid = { amount: money(currency, amountMinor), provider: money(providerCurrency, providerAmountMinor) }
  const before = {
    amount: money(currency, earlier.amountMinor),
    provider: money(providerCurrency, earlier.providerAmountMinor),
  }
  const share = shareOf(paid, before, amount)
  if (isPositive(share)) return { providerCurrency, providerAmountMinor: share.minor }
  const description = `comes to less than the smallest amount in ${providerCurrency}`
  throw refuse('METHOD_UNSUITABLE', `the amount ${description}`, {}, { fields: [{ field: 'amount', description }] })
}
