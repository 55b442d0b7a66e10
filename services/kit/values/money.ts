import type { MessageInitShape } from '@bufbuild/protobuf'
import type { MoneySchema, Money as WireMoney } from '../../../gen/google/type/money_pb.ts'

/**
 * How many decimals the smallest unit of each currency has.
 * Source: ISO 4217 list one; the cent of the shilling exists on paper only, the franc has none at all.
 */
const exponents = {
  BIF: 0,
  CDF: 2,
  ETB: 2,
  EUR: 2,
  GBP: 2,
  KES: 2,
  RWF: 0,
  SSP: 2,
  TZS: 2,
  UGX: 0,
  USD: 2,
  ZAR: 2,
  ZMW: 2,
} as const

/** ISO 4217 codes that the suite keeps books in. */
export type Currency = keyof typeof exponents

/** An amount in the currency's smallest unit (ISO 4217 exponent): KES 1,250.50 is `125050n`, RWF 1,250 is `1250n`. */
export type Money = { readonly currency: Currency; readonly minor: bigint }

/** The codes of all currencies known here, in alphabetical order. */
export const currencies = Object.keys(exponents) as readonly Currency[]

/** Whether a text is the code of a currency known here. Codes are upper case. */
export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(exponents, code)
}

/** How many decimals the currency has: 0 for RWF, 2 for KES. */
export function exponentOf(currency: Currency): number {
  return exponents[currency]
}

/** The largest amount: what PostgreSQL's `bigint` and the wire's `int64` can hold. */
const largestMinor = 2n ** 63n - 1n

/**
 * An amount of money, given in the smallest unit.
 *
 * @throws {RangeError} when the currency is not known, or the amount does not fit into 64 bits.
 */
export function money(currency: string, minor: bigint | number): Money {
  if (!isCurrency(currency)) throw new RangeError(`"${currency}" is not a currency that the suite keeps books in`)
  const amount = BigInt(minor) // throws RangeError on a fraction
  if (amount > largestMinor || amount < -largestMinor) throw new RangeError(`${amount} ${currency} is out of range`)
  return { currency, minor: amount }
}

/** Nothing, in a currency. */
export function zero(currency: string): Money {
  return money(currency, 0n)
}

/**
 * Takes an amount off the wire.
 *
 * @throws {RangeError} when the currency is not known, when the amount is finer than the currency allows (half a franc),
 * when `units` and `nanos` differ in sign, or when `nanos` is a whole unit or more.
 */
export function moneyFromProto({
  currencyCode,
  units,
  nanos,
}: Pick<WireMoney, 'currencyCode' | 'units' | 'nanos'>): Money {
  if (!isCurrency(currencyCode)) return money(currencyCode, 0n) // refuses it
  if (Math.abs(nanos) > 999_999_999) throw new RangeError(`nanos ${nanos} make a whole unit`)
  if ((units > 0n && nanos < 0) || (units < 0n && nanos > 0)) throw new RangeError('units and nanos differ in sign')
  const { unit, nano } = scaleOf(currencyCode)
  if (BigInt(nanos) % nano !== 0n) throw new RangeError(`${currencyCode} has no unit as small as ${nanos} nanos`)
  return money(currencyCode, units * unit + BigInt(nanos) / nano)
}

/** Puts an amount on the wire: an initializer for a field of type `google.type.Money`. */
export function moneyToProto({ currency, minor }: Money): MessageInitShape<typeof MoneySchema> & WireAmount {
  const { unit, nano } = scaleOf(currency)
  // Division and remainder of bigint keep the sign of the dividend, so units and nanos agree as the wire demands.
  return { currencyCode: currency, units: minor / unit, nanos: Number((minor % unit) * nano) }
}

type WireAmount = Pick<WireMoney, 'currencyCode' | 'units' | 'nanos'>

/** Smallest units per whole unit, and nanos per smallest unit. */
function scaleOf(currency: Currency): { unit: bigint; nano: bigint } {
  const exponent = BigInt(exponents[currency])
  return { unit: 10n ** exponent, nano: 10n ** (9n - exponent) }
}
