import type { Ctx } from '../context.ts'
import type { Claim } from '../domain/callback.ts'
import { providerOf, readPathToken } from '../providers/index.ts'
import { findAttemptByToken } from '../store/attempts.ts'
import { findRefundByToken } from '../store/refunds.ts'
import type { AttemptRow, CallbackRow } from '../store/schema.ts'
import { closeWithAlert } from './alerts.ts'
import { handleChargeClaim, handleInquiryAnswer } from './handle_charge.ts'
import { handleRefundClaim } from './handle_refund.ts'

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
  // All rows: a callback is nobody's until its secret path has said whose it is.
  const charged = attempt ?? (await findAttemptByToken(ctx.db.system, token))
  const refunded = charged ? undefined : await findRefundByToken(ctx.db.system, token)
  const subject = charged ?? refunded
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
  if (refunded) return handleRefundClaim(ctx, posted, refunded)
  if (!charged) return
  return claim.about === 'CHARGE' ? handleChargeClaim(ctx, posted, charged) : handleInquiryAnswer(ctx, posted, charged)
}

/** How an alert names what it is about. */
export function namesOf(subject: {
  readonly tenantId: string
  readonly paymentIntentId: string
  readonly attemptId?: string
  readonly refundId?: string
}) {
  const { tenantId, paymentIntentId, refundId, attemptId } = subject
  return { tenantId, paymentIntentId, subjectId: refundId ?? attemptId ?? '' }
}

function read(parse: () => Claim): Claim | RangeError {
  try {
    return parse()
  } catch (err) {
    if (err instanceof RangeError) return err
    throw err
  }
}
