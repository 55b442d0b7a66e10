import { money, type Money } from '#kit'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { findProvider } from '../../providers/index.ts'
import type { PayoutOrder, PayoutRail } from '../../providers/payout_rail.ts'
import type { PayoutRow } from '../../store/payout_schema.ts'

/** How a provider sends money out; undefined when it does not, or is not there. */
export function railOf(ctx: Ctx, { provider }: { readonly provider: string }): PayoutRail | undefined {
  return findProvider(ctx, provider)?.payouts
}

/** The rail that one of our own rows names. @throws {Error} when it was taken out since */
export function railOfPayout(ctx: Ctx, payout: PayoutRow): PayoutRail {
  const rail = railOf(ctx, payout)
  if (!rail) throw new Error(`no provider "${payout.provider}" that sends money out is configured`)
  return rail
}

/** Where money would go, by which provider. */
export type Destination = { readonly provider: string; readonly account: string }

/** Refuses what a provider cannot send. @throws {ConnectError} INVALID_ARGUMENT / METHOD_UNSUITABLE */
export function refuseUnsuitablePayout(ctx: Ctx, { provider, account }: Destination, amount: Money): void {
  const fields = railOf(ctx, { provider })?.unsuitable(amount, account) ?? [
    { field: 'method', description: 'this method does not send money out' },
  ]
  if (fields.length === 0) return
  const sentence = fields.map(({ description }) => description).join('; ')
  throw refuse('METHOD_UNSUITABLE', sentence, { provider }, { fields })
}

/** A payout as its provider is asked to send it. */
export function orderOf(payout: PayoutRow): PayoutOrder {
  return {
    payoutId: payout.payoutId,
    amount: money(payout.currency, payout.amountMinor),
    account: payout.account,
    remark: payout.remark,
    repeated: payout.maybeTaken,
    // It may have waited for its approval for days: for the provider its life began when it was sent.
    createTime: payout.updateTime,
  }
}
