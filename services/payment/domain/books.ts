import { type Money, subtract, isPositive } from '#kit'

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
  CASH_DRAWER: 'DEBIT',
  CASH_SAFE: 'DEBIT',
  CASH_IN_TRANSIT: 'DEBIT',
  COMPANY_BANK: 'DEBIT',
  CASH_EXPENSE: 'DEBIT',
  CASH_OVER_SHORT: 'DEBIT',
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

/** A part of a payment that is somebody else's than the company's, and who bears it. */
export type Share = { readonly account: Account; readonly amount: Money; readonly bearer: 'COMPANY' | 'PLATFORM' }

/** Commission that an agent gives back. */
export type CommissionBack = { readonly agent: Account; readonly bearer: Share['bearer']; readonly amount: Money }

/** A payment arrives: the holder of the money owes it to the company, less the shares of others that the company bears. */
export function capture(holding: Holding, amount: Money, shares: readonly Share[]): Transfer[] {
  const debit = moneyAccount(holding)
  const borne = shares.filter(({ bearer }) => bearer === 'COMPANY')
  const rest = borne.reduce((left, share) => subtract(left, share.amount), amount)
  return booked([
    { debit, credit: payable(holding.tenantId), amount: rest },
    ...shares.map(({ account, amount: share, bearer }) => ({
      debit: bearer === 'COMPANY' ? debit : commissions,
      credit: account,
      amount: share,
    })),
  ])
}

/** Money arrives for an order that is paid already: it belongs to nobody here. */
export function captureSurplus(holding: Holding, amount: Money): Transfer[] {
  return booked([{ debit: moneyAccount(holding), credit: suspense(holding.tenantId), amount }])
}

/**
 * A refund is promised. The company bears it, and whoever bore the commission has that back from the agent; the platform
 * keeps its share.
 */
export function refundPromised(tenantId: string, amount: Money, back: readonly CommissionBack[] = []): Transfer[] {
  return booked([
    { debit: payable(tenantId), credit: pendingRefunds(tenantId), amount },
    ...back.map((one) => ({
      debit: one.agent,
      credit: one.bearer === 'COMPANY' ? payable(tenantId) : commissions,
      amount: one.amount,
    })),
  ])
}

/** A refund of money that belongs to nobody here is promised. */
export function surplusRefundPromised(tenantId: string, amount: Money): Transfer[] {
  return booked([{ debit: suspense(tenantId), credit: pendingRefunds(tenantId), amount }])
}

/** A promised refund has left. */
export function refundSettled(holding: Holding, amount: Money): Transfer[] {
  return booked([{ debit: pendingRefunds(holding.tenantId), credit: moneyAccount(holding), amount }])
}

/** The kinds of entry that are taken back by a reversal; what a payment, refund or payout booked has states of its own. */
export const reversible: readonly EntryKind[] = ['PROVIDER_FEE', 'RECONCILIATION', 'ADJUSTMENT', 'TRANSFER']

/** Takes an entry back: the same transfers the other way round. */
export function reversed(transfers: readonly Transfer[]): Transfer[] {
  return transfers.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount }))
}

/** The company that an account is of; undefined for accounts of the platform, of providers, agents and drivers. */
export function tenantOf({ kind, holder }: Account): string | undefined {
  return companyKinds.includes(kind) ? holder : undefined
}

/** The kinds of account that each company has one of; `ledger_tenant` in the database says the same. */
export const companyKinds: readonly AccountKind[] = [
  'CASH',
  'TENANT_PAYABLE',
  'REFUNDS_PENDING',
  'SUSPENSE',
  'PAYOUTS_PENDING',
  'CASH_SAFE',
  'CASH_IN_TRANSIT',
  'COMPANY_BANK',
  'CASH_EXPENSE',
  'CASH_OVER_SHORT',
]

const companyMoney: ReadonlySet<AccountKind> = new Set([
  'CASH',
  'CASH_DRAWER',
  'CASH_SAFE',
  'CASH_IN_TRANSIT',
  'COMPANY_BANK',
  'CASH_EXPENSE',
  'CASH_OVER_SHORT',
])

/** Whether an account holds what the company itself has, or has spent of it; `is_company_money` in the database says the same. */
export function isCompanyMoney(kind: AccountKind): boolean {
  return companyMoney.has(kind)
}

function moneyAccount({ provider, tenantId }: Holding): Account {
  return provider === 'cash' ? { kind: 'CASH', holder: tenantId } : { kind: 'PROVIDER_CLEARING', holder: provider }
}

const commissions: Account = { kind: 'COMMISSION_EXPENSE', holder: 'platform' }
const payable = (tenantId: string): Account => ({ kind: 'TENANT_PAYABLE', holder: tenantId })
const pendingRefunds = (tenantId: string): Account => ({ kind: 'REFUNDS_PENDING', holder: tenantId })
const suspense = (tenantId: string): Account => ({ kind: 'SUSPENSE', holder: tenantId })

/** Leaves out what moves nothing: a share of zero, or a fee that takes all. */
function booked(transfers: Transfer[]): Transfer[] {
  return transfers.filter(({ amount }) => isPositive(amount))
}
