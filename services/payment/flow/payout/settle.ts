import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto, type Tx } from '#kit'
import { PayoutFailedSchema, PayoutSettledSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import { methodOf } from '../../convert.ts'
import { closeCallback } from '../../store/callbacks.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'
import { findPayout, movePayout } from '../../store/payouts.ts'
import { raiseAlert } from '../alerts.ts'
import { amountOfPayout, bookDeparture, bookRelease } from './entries.ts'

/** What was learnt when a payout turned out to have arrived. */
export type Arrival = {
  readonly receipt: string | undefined
  readonly cause: string
  readonly callbackId?: string | undefined
}

/** Books a payout as arrived, and tells. Repeats change nothing; one that had ended otherwise is told to a person. */
export async function settlePayout(ctx: Ctx, payout: PayoutRow, arrival: Arrival): Promise<void> {
  // All rows, here and below: it is a provider that acts upon a payout of ours, and not a session.
  await ctx.db.transaction(async (tx) => {
    const settled = await settlePayoutIn(ctx, tx, payout, arrival)
    const { callbackId } = arrival
    const outcome = settled ? 'SETTLED' : 'DUPLICATE'
    const fresh = callbackId ? await closeCallback(tx, callbackId, outcome, ctx.clock.now()) : true
    if (!settled && fresh) await contradicted(ctx, tx, payout)
  }, 'system')
}

/** As {@link settlePayout}, as part of the caller's transaction. Returns the payout as it is then; undefined when it had ended. */
export async function settlePayoutIn(
  ctx: Ctx,
  tx: Tx,
  { payoutId }: Pick<PayoutRow, 'payoutId'>,
  { receipt, cause }: Pick<Arrival, 'receipt' | 'cause'>,
): Promise<PayoutRow | undefined> {
  const now = ctx.clock.now()
  const settled = await movePayout(tx, payoutId, 'SUCCEEDED', {
    cause,
    receipt: receipt ?? null,
    failureCode: null,
    nextActionTime: null,
    settleTime: now,
    updateTime: now,
  })
  if (!settled) return undefined
  await bookDeparture(ctx, tx, settled)
  await tx.publish(PayoutSettledSchema, payoutId, {
    ...factsOf(settled),
    receipt: settled.receipt ?? '',
    settleTime: timestampFromDate(now),
  })
  tx.afterCommit(() => ctx.happened('payout-settled', { provider: settled.provider, payoutId, cause }))
  return settled
}

/** Books a payout as refused by its provider: nothing was sent, and the amount is due again. */
export async function refusePayout(ctx: Ctx, payout: PayoutRow, code: string, callbackId?: string): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db.transaction(async (tx) => {
    const change = { cause: `provider refused: ${code}`, failureCode: code, nextActionTime: null, settleTime: now }
    const failed = await movePayout(tx, payout.payoutId, 'FAILED', { ...change, updateTime: now })
    if (callbackId) await closeCallback(tx, callbackId, failed ? 'FAILED' : 'DUPLICATE', now)
    if (!failed) return
    await bookRelease(ctx, tx, failed)
    await tx.publish(PayoutFailedSchema, failed.payoutId, {
      ...factsOf(failed),
      failureCode: code,
      failTime: timestampFromDate(now),
    })
    const { provider, tenantId, payoutId } = failed
    await raiseAlert(ctx, tx, {
      kind: 'PAYOUT_REFUSED',
      provider,
      tenantId,
      subjectId: payoutId,
      detail: `refused with ${code}`,
    })
    tx.afterCommit(() => ctx.happened('payout-failed', { provider, payoutId, result: code }))
  }, 'system')
}

/** The provider says that it sent what had ended without being sent here. Whose fault that is, a person finds out. */
async function contradicted(ctx: Ctx, tx: Tx, { payoutId }: PayoutRow): Promise<void> {
  const payout = await findPayout(tx, payoutId)
  if (!payout || payout.state === 'SUCCEEDED') return
  await raiseAlert(ctx, tx, {
    kind: 'PAYOUT_CONTRADICTED',
    provider: payout.provider,
    tenantId: payout.tenantId,
    subjectId: payoutId,
    detail: `the provider says sent, here it is ${payout.state}`,
  })
}

function factsOf(payout: PayoutRow) {
  return {
    tenantId: payout.tenantId,
    payoutId: payout.payoutId,
    payeeId: payout.payeeId,
    amount: moneyToProto(amountOfPayout(payout)),
    method: methodOf(payout.provider),
  }
}
