import type { Money as WireMoney } from '#gen/google/type/money_pb.ts'
import { isPositive, type Money, moneyFromProto } from '#kit'
import { refuse } from './errors.ts'

/**
 * A price off the wire, in the company's currency.
 *
 * @throws {ConnectError} CURRENCY_MISMATCH, or FARE_INVALID when it is not positive or finer than the currency allows
 */
export function priceIn(currency: string, price: WireMoney): Money {
  const amount = amountIn(currency, price)
  if (!isPositive(amount)) throw refuse('FARE_INVALID', 'a price is more than nothing')
  return amount
}

/**
 * An amount off the wire, in the company's currency.
 *
 * @throws {ConnectError} CURRENCY_MISMATCH, or FARE_INVALID when it is finer than the currency allows
 */
export function amountIn(currency: string, price: WireMoney): Money {
  if (price.currencyCode !== currency) {
    throw refuse('CURRENCY_MISMATCH', `the company sells in ${currency}, not in ${price.currencyCode}`, {
      currency: price.currencyCode,
      company_currency: currency,
    })
  }
  return readable(price)
}

function readable(price: WireMoney): Money {
  try {
    return moneyFromProto(price)
  } catch (err) {
    if (err instanceof RangeError) throw refuse('FARE_INVALID', err.message)
    throw err
  }
}
