import { type Currency, exponentOf, type Money } from '#kit'
import type { Settings } from '../../config.ts'
import type { Unsuitable } from '../provider.ts'

/**
 * Of the currencies that books are kept in, those that PayPal takes from anybody, with two decimals each.
 * Source: PayPal currency codes; RWF, KES, UGX, TZS and the others of the region are not among them.
 */
const taken: ReadonlySet<Currency> = new Set(['EUR', 'GBP', 'USD'])

/** The currency in which PayPal takes an amount that is due in another. */
export function takenIn({ paypalCurrency }: Settings, currency: Currency): Currency {
  return taken.has(currency) ? currency : asCurrency(paypalCurrency)
}

/** @throws {RangeError} naming the setting */
function asCurrency(code: string): Currency {
  const found = [...taken].find((currency) => currency === code)
  if (!found) throw new RangeError(`PAYPAL_CURRENCY is one of ${[...taken].join(', ')}`)
  return found
}

/** Which fields of a payment PayPal cannot take: a currency of its own making, or too much. */
export function unsuitable({ paypalMaxAmount }: Settings, amount: Money): Unsuitable[] {
  const refused = (description: string) => [{ field: 'method', description }]
  if (!taken.has(amount.currency)) return refused(`PayPal does not take ${amount.currency}`)
  const whole = amount.minor / 10n ** BigInt(exponentOf(amount.currency))
  return whole < BigInt(paypalMaxAmount)
    ? []
    : refused(`PayPal takes less than ${paypalMaxAmount} ${amount.currency} at a time`)
}
