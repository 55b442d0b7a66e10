import { createHash, timingSafeEqual } from 'node:crypto'
import type { Ctx } from '../context.ts'
import type { Claim } from '../domain/callback.ts'
import { providerOf, readPathToken } from '../providers/index.ts'
import type { PaymentProvider } from '../providers/provider.ts'
import { findAttempt, findAttemptByToken } from '../store/attempts.ts'
import { closeCallback } from '../store/callbacks.ts'
import { findPayoutByToken } from '../store/payouts.ts'
import { findRefundByToken } from '../store/refunds.ts'
import type { AttemptRow, CallbackRow } from '../store/schema.ts'
import { closeWithAlert } from './alerts.ts'
import { handleChargeClaim, handleInquiryAnswer } from './handle_charge.ts'
import { handleRefundClaim } from './handle_refund.ts'
import { handlePaybill, paybillStep } from './paybill.ts'
import { handlePayoutClaim } from './payout/handle.ts'
import { handleWebhook, isSigned } from './handle_webhook.ts'

/** A callback in hand, with what its provider's parser read in it. */
export type Posted = {
  readonly row: CallbackRow
  readonly claim: Claim
  /** It came on the path that says "I gave up waiting": its code tells nothing about the outcome. */
  readonly gaveUp: boolean
  /** How often it was tried to be handled before. */
  readonly tries: number
}

/**
 * Decides what a stored callback is worth. Safe to repeat: every branch ends in one conditional write, or leaves the
 * callback for a later try.
 *
 * @param attempt the attempt that its path was made for, when it was looked up already
 */
export async function handleCallback(ctx: Ctx, row: CallbackRow, tries: number, attempt?: AttemptRow): Promise<void> {
  const provider = providerOf(ctx, row)
  const { token, gaveUp } = readPathToken(row.pathToken)
  if (!provider.comesFrom(row.sourceAddress)) {
    return closeWithAlert(ctx, row, 'REFUSED', { kind: 'SOURCE_NOT_ALLOWED', detail: 'from an address not listed' })
  }
  if (provider.oneAddress?.signed && !(await isSigned(ctx, row, tries, provider.oneAddress))) return
  if (provider.paybill && paybillStep(provider, row.pathToken) === 'CONFIRMATION') {
    return handlePaybill(ctx, row, tries, provider.paybill)
  }
  // All rows: a callback is nobody's until its secret path has said whose it is.
  const charged =
    attempt ?? (await findAttemptByToken(ctx.db.system, token)) ?? (await namedAttempt(ctx, row, provider))
  const refunded = charged ? undefined : await findRefundByToken(ctx.db.system, token)
  const paidOut = (charged ?? refunded) ? undefined : await findPayoutByToken(ctx.db.system, token)
  const subject = charged ?? refunded ?? paidOut
  if (!subject && isNothing(provider, row))
    return void (await closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', ctx.clock.now()))
  if (!subject || subject.provider !== row.provider) {
    return closeWithAlert(ctx, row, 'REFUSED', { kind: 'TOKEN_UNKNOWN', detail: 'on a path that was made for nothing' })
  }
  const claim = read(() => provider.parseCallback(row.body))
  if (claim instanceof RangeError) {
    return closeWithAlert(ctx, row, 'REFUSED', {
      kind: 'CALLBACK_UNREADABLE',
      detail: claim.message,
      ...namesOf(subject),
    })
  }
  const posted = { row, claim, gaveUp, tries }
  if (paidOut) return handlePayoutClaim(ctx, posted, paidOut)
  if (refunded) return handleRefundClaim(ctx, posted, refunded)
  if (!charged) return
  switch (claim.about) {
    case 'CHARGE':
      return handleChargeClaim(ctx, posted, charged)
    case 'RESULT':
      return handleInquiryAnswer(ctx, posted, charged)
    case 'HINT':
    case 'DISPUTE':
    case 'NOTHING':
      return handleWebhook(ctx, posted, charged)
  }
}

/** The attempt that a callback names, where one address with one secret takes the callbacks about all. */
async function namedAttempt(ctx: Ctx, row: CallbackRow, provider: PaymentProvider): Promise<AttemptRow | undefined> {
  const { oneAddress } = provider
  if (!oneAddress || !sameSecret(oneAddress.token, row.pathToken)) return undefined
  const claim = read(() => provider.parseCallback(row.body))
  const attemptId = claim instanceof RangeError ? undefined : oneAddress.attemptIdIn(claim)
  // All rows, as above.
  return attemptId === undefined ? undefined : findAttempt(ctx.db.system, attemptId)
}

/** Whether a callback at the right address is one that its provider sends to everybody and that is about no charge. */
function isNothing(provider: PaymentProvider, { pathToken, body }: CallbackRow): boolean {
  const { oneAddress } = provider
  if (!oneAddress || !sameSecret(oneAddress.token, pathToken)) return false
  const claim = read(() => provider.parseCallback(body))
  return !(claim instanceof RangeError) && claim.about === 'NOTHING'
}

/** Compares in a time that tells nothing about where two secrets differ. */
function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return expected !== '' && timingSafeEqual(digest(expected), digest(given))
}

/** How an alert names what it is about. */
export function namesOf(subject: {
  readonly tenantId: string
  readonly paymentIntentId?: string
  readonly attemptId?: string
  readonly refundId?: string
  readonly payoutId?: string
}) {
  const { tenantId, paymentIntentId, payoutId, refundId, attemptId } = subject
  return {
    tenantId,
    ...(paymentIntentId !== undefined && { paymentIntentId }),
    subjectId: payoutId ?? refundId ?? attemptId ?? '',
  }
}

function read(parse: () => Claim): Claim | RangeError {
  try {
    return parse()
  } catch (err) {
    if (err instanceof RangeError) return err
    throw err
  }
}
