import type { Ctx } from '../context.ts'
import type { OneAddress } from '../providers/provider.ts'
import { closeCallback } from '../store/callbacks.ts'
import type { AttemptRow, CallbackRow } from '../store/schema.ts'
import { closeWithAlert } from './alerts.ts'
import { isLive } from './follow_approval.ts'
import { applyVerdict, askProvider } from './follow_charge.ts'
import { namesOf, type Posted } from './handle_callback.ts'
import { postpone } from './handle_charge.ts'

/** Whether a callback bears its provider's signature; if not it is closed with an alert, or left for a later try. */
export async function isSigned(ctx: Ctx, row: CallbackRow, tries: number, oneAddress: OneAddress): Promise<boolean> {
  switch ((await oneAddress.signed?.(row)) ?? 'SIGNED') {
    case 'SIGNED':
      return true
    case 'FORGED':
      await closeWithAlert(ctx, row, 'REFUSED', { kind: 'SIGNATURE_INVALID', detail: 'not signed by its provider' })
      return false
    case 'UNKNOWN':
      await postpone(ctx, row.callbackId, tries)
      return false
  }
}

/** A callback that says no outcome: that something happened about a charge, or that the payer disputes it. */
export async function handleWebhook(ctx: Ctx, { row, claim }: Posted, attempt: AttemptRow): Promise<void> {
  const close = () => closeCallback(ctx.db.system, row.callbackId, 'ANSWERED', ctx.clock.now())
  const { requestReference } = attempt
  if (requestReference !== null && claim.about === 'HINT' && !claim.references.includes(requestReference)) {
    const detail = 'names another request than that of the attempt it names'
    return closeWithAlert(ctx, row, 'REFUSED', { kind: 'REFERENCE_MISMATCH', detail, ...namesOf(attempt) })
  }
  if (claim.about === 'DISPUTE') {
    const detail = `the payer or the provider takes the payment back: ${claim.code}`
    return closeWithAlert(ctx, row, 'REFUSED', { kind: 'PAYMENT_DISPUTED', detail, ...namesOf(attempt) })
  }
  if (claim.about === 'HINT' && isLive(attempt)) {
    await applyVerdict(ctx, attempt, await askProvider(ctx, attempt, requestReference))
  }
  await close()
}
