import { type Currency, type Money, parseMoney } from '#kit'

/** A largest amount for each currency. */
export type Limits = ReadonlyMap<Currency, Money>

/**
 * Reads limits as settings write them: `RWF:50000000`, `KES:2500.50`.
 *
 * @throws {RangeError} for anything else
 */
export function limitsOf(entries: readonly string[]): Limits {
  return new Map(
    entries.map((entry) => {
      const [, currency, amount] = /^([A-Z]{3}):(\d+(?:\.\d+)?)$/.exec(entry) ?? []
      if (currency === undefined || amount === undefined) throw new RangeError(`"${entry}" is no limit like RWF:50000`)
      const limit = parseMoney(currency, amount)
      return [limit.currency, limit] as const
    }),
  )
}

/** Whether an amount is within the limit of its currency; one without a limit has none to spend. */
export function isWithin(limits: Limits, amount: Money): boolean {
  const limit = limits.get(amount.currency)
  return limit !== undefined && amount.minor <= limit.minor
}
