import { countryOf, exponentOf, type Money } from '#kit'
import { mayHaveWallet } from '../domain/wallet.ts'
import type { Unsuitable } from './provider.ts'

/** What a mobile wallet takes, as its provider's settings say. Amounts are in whole units. */
export type WalletRules = {
  /** The provider's name in rows, e.g. `mtn`, where a number's prefix tells whether it can have this wallet. */
  readonly provider?: string
  /** As people know it, e.g. `MTN MoMo`. */
  readonly brand: string
  readonly currencies: readonly string[]
  readonly countries: readonly string[]
  readonly minAmount: number
  readonly maxAmount: number
}

/** Under which names the caller of an RPC knows amount and number. */
export type FieldNames = { readonly amount: string; readonly phone: string }

/** For a payment the amount is the order's: what can be changed is the method. */
export const PAYMENT_FIELDS: FieldNames = { amount: 'method', phone: 'phone' }
export const PAYOUT_FIELDS: FieldNames = { amount: 'amount', phone: 'account' }

/** Which fields a wallet cannot take: another currency, part of a franc, too little, too much, another operator's number. */
export function unsuitableForWallet(
  rules: WalletRules,
  amount: Money,
  phone: string,
  names: FieldNames = PAYMENT_FIELDS,
): Unsuitable[] {
  const said = [
    [names.amount, wrongAmount(rules, amount)],
    [names.phone, wrongPhone(rules, phone)],
  ] as const
  return said.flatMap(([field, description]) => (description === undefined ? [] : [{ field, description }]))
}

function wrongAmount({ brand, currencies, minAmount, maxAmount }: WalletRules, amount: Money): string | undefined {
  const { currency } = amount
  if (!currencies.includes(currency)) return `${brand} does not take ${currency}`
  if (amount.minor % wholeUnit(amount) !== 0n) return `${brand} takes whole ${currency} only`
  if (wholeUnits(amount) < BigInt(minAmount)) return `${brand} takes at least ${minAmount} ${currency} at a time`
  if (wholeUnits(amount) > BigInt(maxAmount)) return `${brand} takes at most ${maxAmount} ${currency} at a time`
  return undefined
}

function wrongPhone({ provider, brand, countries }: WalletRules, phone: string): string | undefined {
  if (phone === '') return `${brand} needs the phone that is asked`
  try {
    const served = countries.includes(countryOf(phone))
    if (served && (provider === undefined || mayHaveWallet(phone, provider))) return undefined
    return `this number has no ${brand}`
  } catch {
    return `this is not a mobile number that ${brand} knows`
  }
}

/** The most of an amount that can be sent at once: whole units, and no more than the limit. */
export function largestWithin({ maxAmount }: WalletRules, due: Money): Money {
  const units = wholeUnits(due) < BigInt(maxAmount) ? wholeUnits(due) : BigInt(maxAmount)
  return { ...due, minor: units * wholeUnit(due) }
}

/** The amount in whole units: wallets know no cents. */
export function wholeUnits(amount: Money): bigint {
  return amount.minor / wholeUnit(amount)
}

function wholeUnit({ currency }: Money): bigint {
  return 10n ** BigInt(exponentOf(currency))
}
