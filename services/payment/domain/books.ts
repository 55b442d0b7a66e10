import { type Money, multiply, subtract, isPositive } from '#kit'

/** On which side each kind of account grows; what each holds is told in `ledger.proto`. */
export const normalSides = {
  PROVIDER_CLEARING: 'DEBIT',
  CASH: 'DEBIT',
  TENANT_PAYABLE: 'CREDIT',
  PLATFORM_FEE: 'CREDIT',
  REFUNDS_PENDING: 'CREDIT',
  SUSPENSE: 'CREDIT',
  AGENT_FLOAT: 'CREDIT',
  DRIVER_WALLET: 'CREDIT',
  TAX_PAYABLE: 'CREDIT',
  PROVIDER_FEES: 'DEBIT',
  PAYOUTS_PENDING: 'CREDIT',
  BANK: 'DEBIT',
  COMMISSION_EXPENSE: 'DEBIT',
  RECONCILIATION_DIFFERENCE: 'DEBIT',
} as const satisfies Record<string, 'DEBIT' | 'CREDIT'>

/** The kinds of account. */
export type AccountKind = keyof typeof normalSides

/** One account; its currency is that of the amounts that are booked on it. */
export type Account = { readonly kind: AccountKind; readonly holder: string }

/** An amount that goes from one account to another: the same on both sides, so that the books always balance. */
export type Transfer = { readonly debit: Account; readonly credit: Account; readonly amount: Money }

/** What makes an entry. */
export const entryKinds = [
  'CAPTURE',
  'REFUND_PROMISED',
  'REFUND_SETTLED',
  'REFUND_RELEASED',
  'PAYOUT_PROMISED',
  'PAYOUT_SETTLED',
  'PAYOUT_RELEASED',
  'PROVIDER_FEE',
  'RECONCILIATION',
  'ADJUSTMENT',
  'REVERSAL',
  'TRANSFER',
] as const

/** One of {@link entryKinds}. */
export type EntryKind = (typeof entryKinds)[number]

/** Where a payment's money lies and whom it belongs to. */
export type Holding = { readonly tenantId: string; readonly provider: string }

/** The platform's share, in hundredths of a percent of the payment, rounded half up. */
export type FeeRule = { readonly basisPoints: number }

/** A payment arrives: the holder of the money owes it to the company, less the platform's share. */
export function capture(holding: Holding, amount: Money, fee: FeeRule): Transfer[] {
  const share = multiply(amount, BigInt(fee.basisPoints), 10_000n, 'half-up')
  const debit = moneyAccount(holding)
  return booked([
    { debit, credit: payable(holding.tenantId), amount: subtract(amount, share) },
    { debit, credit: { kind: 'PLATFORM_FEE', holder: 'platform' }, amount: share },
  ])
}

/** Money arrives for an order that is paid already: it belongs to nobody here. */
export function captureSurplus(holding: Holding, amount: Money): Transfer[] {
  return booked([{ debit: moneyAccount(holding), credit: suspense(holding.tenantId), amount }])
}

/** A refund is promised. The company bears it whole: the platform keeps its share. */
export function refundPromised(tenantId: string, amount: Money, surplus: boolean): Transfer[] {
  const debit = surplus ? suspense(tenantId) : payable(tenantId)
  return booked([{ debit, credit: pendingRefunds(tenantId), amount }])
}

/** A promised refund has left. */
export function refundSettled(holding: Holding, amount: Money): Transfer[] {
  return booked([{ debit: pendingRefunds(holding.tenantId), credit: moneyAccount(holding), amount }])
}

/** Takes an entry back: the same transfers the other way round. */
export function reversed(transfers: readonly Transfer[]): Transfer[] {
  return transfers.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount }))
}

function moneyAccount({ provider, tenantId }: Holding): Account {
  return provider === 'cash' ? { kind: 'CASH', holder: tenantId } : { kind: 'PROVIDER_CLEARING', holder: provider }
}

const payable = (tenantId: string): Account => ({ kind: 'TENANT_PAYABLE', holder: tenantId })
const pendingRefunds = (tenantId: string): Account => ({ kind: 'REFUNDS_PENDING', holder: tenantId })
const suspense = (tenantId: string): Account => ({ kind: 'SUSPENSE', holder: tenantId })

/** Leaves out what moves nothing: a share of zero, or a fee that takes all. */
function booked(transfers: Transfer[]): Transfer[] {
  return transfers.filter(({ amount }) => isPositive(amount))
}
