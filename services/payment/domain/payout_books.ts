import type { Money } from '#kit'
import type { Account, Transfer } from './books.ts'

/** Whose payout it is, and the account that pays. */
export type PayoutHolding = { readonly tenantId: string; readonly source: Account }

/** A payout is asked for: the amount is no longer due, and not yet with the payee. */
export function payoutPromised({ tenantId, source }: PayoutHolding, amount: Money): Transfer[] {
  return [{ debit: source, credit: pending(tenantId), amount }]
}

/** A promised payout has left the provider's account. */
export function payoutSettled(tenantId: string, provider: string, amount: Money): Transfer[] {
  return [{ debit: pending(tenantId), credit: { kind: 'PROVIDER_CLEARING', holder: provider }, amount }]
}

const pending = (tenantId: string): Account => ({ kind: 'PAYOUTS_PENDING', holder: tenantId })
