import { money, type Money } from './money.ts'

/**
 * What becomes of the part below the smallest unit.
 *
 * `half-up` takes the nearest unit and a tie away from zero (what a cashier does), `half-even` takes a tie to the even
 * unit (no drift over many sums), `down` cuts towards zero, `up` goes away from zero.
 */
export type Rounding = 'half-up' | 'half-even' | 'down' | 'up'

/** @throws {RangeError} when the currencies differ or the sum does not fit into 64 bits. */
export function add(a: Money, b: Money): Money {
  return money(sameCurrency(a, b), a.minor + b.minor)
}

/** @throws {RangeError} when the currencies differ or the difference does not fit into 64 bits. */
export function subtract(a: Money, b: Money): Money {
  return money(sameCurrency(a, b), a.minor - b.minor)
}

/** The amount with the other sign. */
export function negate(amount: Money): Money {
  return { ...amount, minor: -amount.minor }
}

/** Adds up a list, which may be empty: hence the currency. @throws {RangeError} when one has another currency. */
export function sum(currency: string, amounts: Iterable<Money>): Money {
  let total = money(currency, 0n)
  for (const amount of amounts) total = add(total, amount)
  return total
}

/** Negative, zero or positive, as `a` is less than, the same as or more than `b`. @throws {RangeError} when the currencies differ. */
export function compare(a: Money, b: Money): number {
  sameCurrency(a, b)
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0
}

/** Whether both are the same amount of the same currency; amounts of two currencies are never equal. */
export function equals(a: Money, b: Money): boolean {
  return a.currency === b.currency && a.minor === b.minor
}

/** Whether there is nothing. */
export function isZero(amount: Money): boolean {
  return amount.minor === 0n
}

/** Whether it is more than nothing. */
export function isPositive(amount: Money): boolean {
  return amount.minor > 0n
}

/** Whether it is less than nothing. */
export function isNegative(amount: Money): boolean {
  return amount.minor < 0n
}

/**
 * Multiplies by the rational number numerator / denominator; 2.9 % is `multiply(amount, 29n, 1000n, 'half-up')`.
 *
 * @throws {RangeError} when the denominator is zero or the product does not fit into 64 bits.
 */
export function multiply(amount: Money, numerator: bigint, denominator: bigint, rounding: Rounding): Money {
  if (denominator === 0n) throw new RangeError('an amount cannot be divided by zero')
  return money(amount.currency, divide(amount.minor * numerator, denominator, rounding))
}

/** Splits without losing a cent: KES 100.00 three ways is 33.34, 33.33, 33.33. @throws {RangeError} for less than one way. */
export function split(total: Money, ways: number): Money[] {
  if (!Number.isSafeInteger(ways) || ways < 1) throw new RangeError(`an amount cannot be split ${ways} ways`)
  const share = total.minor / BigInt(ways)
  const rest = Number(total.minor % BigInt(ways)) // has the sign of the total, so refunds split too
  const cent = BigInt(Math.sign(rest))
  return Array.from({ length: ways }, (_, i) => ({ ...total, minor: share + (i < Math.abs(rest) ? cent : 0n) }))
}

/**
 * Divides a total in proportion to the ratios, without losing a cent: every share is within one smallest unit of the
 * exact one, and whose fraction was largest gets the unit that is left over (the method of largest remainders).
 *
 * @throws {RangeError} when a ratio is negative or all are zero.
 */
export function allocate(total: Money, ratios: readonly bigint[]): Money[] {
  const whole = ratios.reduce((a, b) => a + b, 0n)
  if (whole <= 0n || ratios.some((ratio) => ratio < 0n))
    throw new RangeError('ratios must not be negative, nor all zero')
  const shares = ratios.map((ratio) => (total.minor * ratio) / whole)
  const remainders = ratios.map((ratio) => magnitude((total.minor * ratio) % whole))
  const left = total.minor - shares.reduce((a, b) => a + b, 0n) // fewer units than ratios, all of the total's sign
  const cent = left < 0n ? -1n : 1n
  const favoured = new Set(byRemainder(remainders).slice(0, Number(magnitude(left))))
  return shares.map((share, i) => ({ ...total, minor: favoured.has(i) ? share + cent : share }))
}

/** Positions, largest remainder first; equal remainders keep their order. */
function byRemainder(remainders: readonly bigint[]): number[] {
  const order = (a: number, b: number) =>
    Number(remainders[b]! > remainders[a]!) - Number(remainders[a]! > remainders[b]!)
  return remainders.map((_, i) => i).sort(order)
}

function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator
  const rest = magnitude(numerator % denominator)
  if (rest === 0n) return quotient
  const away = quotient + (numerator < 0n === denominator < 0n ? 1n : -1n)
  const twice = rest * 2n
  const whole = magnitude(denominator)
  switch (rounding) {
    case 'down':
      return quotient
    case 'up':
      return away
    case 'half-up':
      return twice >= whole ? away : quotient
    case 'half-even':
      if (twice !== whole) return twice > whole ? away : quotient
      return quotient % 2n === 0n ? quotient : away
  }
}

const magnitude = (value: bigint) => (value < 0n ? -value : value)

function sameCurrency(a: Money, b: Money): string {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} do not mix`)
  return a.currency
}
