import { add, compare, isPositive, type Money, money, multiply, subtract } from '#kit'
import type { Account, Share } from './books.ts'

/** Who may be given a share of a payment. */
export type PayeeKind = 'PLATFORM' | 'TAX' | 'AGENT' | 'DRIVER'

/** A share of payments; amounts are of its currency. */
export type FeeRule = {
  readonly payeeKind: PayeeKind
  readonly payee: string
  /** Null for every company. */
  readonly tenantId: string | null
  /** Null for every provider. */
  readonly provider: string | null
  readonly currency: string
  readonly basisPoints: number
  readonly fixedMinor: bigint
  readonly minMinor: bigint
  readonly maxMinor: bigint | null
  readonly bearer: 'COMPANY' | 'PLATFORM'
  readonly validFrom: Date
  /** Exclusive; null until it is ended. */
  readonly validUntil: Date | null
}

/** What decides which rules fit a payment. */
export type Sale = {
  readonly tenantId: string
  readonly provider: string
  readonly amount: Money
  readonly time: Date
  /** Who has sold it; undefined when payers have served themselves. */
  readonly sellerUserId?: string | undefined
}

/** The platform's share where no rule gives it one, in hundredths of a percent. */
export type Fallback = { readonly basisPoints: number }

/**
 * Who gets what of a payment, besides the company. What the company bears never comes to more than the payment: the
 * platform is served first, then tax, agents and drivers.
 */
export function sharesOf(sale: Sale, rules: readonly FeeRule[], fallback: Fallback): Share[] {
  let left = sale.amount
  const shares: Share[] = []
  for (const rule of applied(sale, rules, fallback)) {
    const due = dueOf(sale.amount, rule)
    const amount = rule.bearer === 'COMPANY' ? lesser(due, left) : due
    if (!isPositive(amount)) continue
    if (rule.bearer === 'COMPANY') left = subtract(left, amount)
    shares.push({ account: accountOf(rule), amount, bearer: rule.bearer })
  }
  return shares
}

type Applied = Pick<FeeRule, 'payeeKind' | 'payee' | 'basisPoints' | 'fixedMinor' | 'minMinor' | 'maxMinor' | 'bearer'>

/** One rule for each payee: the most particular of those that fit. */
function applied(sale: Sale, rules: readonly FeeRule[], fallback: Fallback): Applied[] {
  const fitting = rules.filter((rule) => fits(rule, sale))
  const byPayee = Map.groupBy(fitting, ({ payeeKind, payee }) => `${payeeKind} ${payee}`)
  const chosen: Applied[] = [...byPayee.values()].map((some) =>
    some.reduce((best, rule) => (particularity(rule) > particularity(best) ? rule : best)),
  )
  if (!byPayee.has('PLATFORM platform')) chosen.push(platformShare(fallback))
  return chosen.sort((a, b) => order.indexOf(a.payeeKind) - order.indexOf(b.payeeKind) || (a.payee < b.payee ? -1 : 1))
}

const order: readonly PayeeKind[] = ['PLATFORM', 'TAX', 'AGENT', 'DRIVER']

function platformShare({ basisPoints }: Fallback): Applied {
  const none = { fixedMinor: 0n, minMinor: 0n, maxMinor: null }
  return { payeeKind: 'PLATFORM', payee: 'platform', basisPoints, ...none, bearer: 'COMPANY' }
}

/** A commission is that of the agent who has sold. */
function fits(rule: FeeRule, { tenantId, provider, amount, time, sellerUserId }: Sale): boolean {
  return (
    (rule.payeeKind !== 'AGENT' || rule.payee === sellerUserId) &&
    rule.currency === amount.currency &&
    (rule.tenantId === null || rule.tenantId === tenantId) &&
    (rule.provider === null || rule.provider === provider) &&
    rule.validFrom <= time &&
    (rule.validUntil === null || time < rule.validUntil)
  )
}

/** A rule for the company goes before one for the provider. */
function particularity({ tenantId, provider }: FeeRule): number {
  return (tenantId === null ? 0 : 2) + (provider === null ? 0 : 1)
}

function dueOf(amount: Money, rule: Applied): Money {
  const fixed = money(amount.currency, rule.fixedMinor)
  const due = add(multiply(amount, BigInt(rule.basisPoints), 10_000n, 'half-up'), fixed)
  const least = greater(due, money(amount.currency, rule.minMinor))
  return rule.maxMinor === null ? least : lesser(least, money(amount.currency, rule.maxMinor))
}

function accountOf({ payeeKind, payee }: Applied): Account {
  return { kind: accountKinds[payeeKind], holder: payee }
}

const accountKinds = {
  PLATFORM: 'PLATFORM_FEE',
  TAX: 'TAX_PAYABLE',
  AGENT: 'AGENT_FLOAT',
  DRIVER: 'DRIVER_WALLET',
} as const

const lesser = (a: Money, b: Money) => (compare(a, b) < 0 ? a : b)
const greater = (a: Money, b: Money) => (compare(a, b) > 0 ? a : b)
