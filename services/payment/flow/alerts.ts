import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { PaymentAlertRaised_Kind, PaymentAlertRaisedSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { type CallbackOutcome, closeCallback } from '../store/callbacks.ts'
import type { CallbackRow } from '../store/schema.ts'

/** What an alert is about; what is not known is left out. */
export type AlertFacts = {
  readonly kind: keyof typeof PaymentAlertRaised_Kind
  readonly provider: string
  readonly detail: string
  readonly tenantId?: string
  readonly paymentIntentId?: string
  readonly subjectId?: string
  readonly callbackId?: string
}

/** Tells a person of something about money that should be looked at, when the transaction commits. */
export async function raiseAlert(ctx: Ctx, tx: Tx, facts: AlertFacts): Promise<void> {
  const alertId = ctx.newId()
  tx.afterCommit(() => {
    ctx.happened('payment-alert', { kind: facts.kind, provider: facts.provider, alertId })
  })
  await tx.publish(PaymentAlertRaisedSchema, facts.paymentIntentId ?? alertId, {
    tenantId: facts.tenantId ?? '',
    alertId,
    kind: PaymentAlertRaised_Kind[facts.kind],
    provider: facts.provider,
    paymentIntentId: facts.paymentIntentId ?? '',
    subjectId: facts.subjectId ?? '',
    callbackId: facts.callbackId ?? '',
    detail: facts.detail,
    raiseTime: timestampFromDate(ctx.clock.now()),
  })
}

/** Closes a callback with an alert: once, however many hands it went through. */
export async function closeWithAlert(
  ctx: Ctx,
  row: CallbackRow,
  outcome: Extract<CallbackOutcome, 'REFUSED' | 'AWAITING_INQUIRY'>,
  facts: Omit<AlertFacts, 'provider' | 'callbackId'>,
): Promise<void> {
  // All rows: a callback is nobody's until it is believed.
  await ctx.db.transaction(async (tx) => {
    if (!(await closeCallback(tx, row.callbackId, outcome, ctx.clock.now()))) return
    await raiseAlert(ctx, tx, { ...facts, provider: row.provider, callbackId: row.callbackId })
  }, 'system')
}
