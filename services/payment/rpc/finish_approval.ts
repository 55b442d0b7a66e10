import { type Handler, sessionOf } from '#kit'
import type { PaymentService } from '#gen/tms/payment/v1/payment_service_pb.ts'
import type { Ctx } from '../context.ts'
import { intentToProto, shownTo } from '../convert.ts'
import { refuse } from '../errors.ts'
import { isLive } from '../flow/follow_approval.ts'
import { applyVerdict, askProvider } from '../flow/follow_charge.ts'
import { fail } from '../flow/settle.ts'
import { findAttempt } from '../store/attempts.ts'
import { findIntent } from '../store/intents.ts'
import type { AttemptRow } from '../store/schema.ts'

/** Asks the provider as soon as the payer is back, instead of waiting for its webhook or our schedule. */
export const finishApproval =
  (ctx: Ctx): Handler<typeof PaymentService.method.finishApproval> =>
  async ({ attemptId, declined }, call) => {
    const attempt = await ctx.db.transaction((tx) => findAttempt(tx, attemptId))
    if (!attempt) throw refuse('ATTEMPT_UNKNOWN', 'there is no such attempt to pay', { attempt_id: attemptId })
    if (isLive(attempt) && attempt.approveUrl !== null) await ask(ctx, attempt, declined)
    const view = await ctx.db.transaction((tx) => findIntent(tx, attempt.paymentIntentId))
    if (!view) throw refuse('INTENT_UNKNOWN', 'there is no such payment')
    return { paymentIntent: shownTo(sessionOf(call), intentToProto(view)) }
  }

/** A payer who gave up is believed, for nothing is taken without us; unless it was taken already. */
async function ask(ctx: Ctx, attempt: AttemptRow, declined: boolean): Promise<void> {
  const verdict = await askProvider(ctx, attempt, attempt.requestReference)
  if (!declined || verdict.outcome !== 'AWAITING_PAYER') return applyVerdict(ctx, attempt, verdict)
  await fail(ctx, attempt, { reason: 'DECLINED', code: 'given up', cause: 'payer gave up' })
}
