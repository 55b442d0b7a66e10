import { countryOf, exponentOf, type Money } from '#kit'
import type { Settings } from '../../config.ts'
import type { Unsuitable } from '../provider.ts'

/** Which fields of a payment M-Pesa cannot take: another currency, part of a shilling, too much, a foreign number. */
export function unsuitable(settings: Settings, amount: Money, phone: string): Unsuitable[] {
  return [...unsuitableAmount(settings, amount), ...unsuitablePhone(settings, phone)]
}

function unsuitableAmount({ mpesaCurrencies, mpesaMaxAmount }: Settings, amount: Money): Unsuitable[] {
  const refused = (description: string) => [{ field: 'method', description }]
  if (!mpesaCurrencies.includes(amount.currency)) return refused(`M-Pesa does not take ${amount.currency}`)
  if (amount.minor % wholeUnit(amount) !== 0n) return refused(`M-Pesa takes whole ${amount.currency} only`)
  if (wholeUnits(amount) > BigInt(mpesaMaxAmount)) {
    return refused(`M-Pesa takes at most ${mpesaMaxAmount} ${amount.currency} at a time`)
  }
  return []
}

function unsuitablePhone({ mpesaCountries }: Settings, phone: string): Unsuitable[] {
  const refused = (description: string) => [{ field: 'phone', description }]
  if (phone === '') return refused('M-Pesa needs the phone that is asked')
  try {
    return mpesaCountries.includes(countryOf(phone)) ? [] : refused('this number has no M-Pesa')
  } catch {
    return refused('this is not a mobile number that M-Pesa knows')
  }
}

/** The amount in whole units, as Daraja wants it: never with decimals. */
export function wholeUnits(amount: Money): bigint {
  return amount.minor / wholeUnit(amount)
}

function wholeUnit({ currency }: Money): bigint {
  return 10n ** BigInt(exponentOf(currency))
}
