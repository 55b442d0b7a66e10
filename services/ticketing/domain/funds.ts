import { compare, isPositive, type Money, subtract } from '#kit'

/** Money of one payment that a booking stands on. */
export type Fund = { readonly paymentIntentId: string; readonly amount: Money }

/**
 * Takes an amount out of payments, the newest first; less when they have not as much. What is left of them can be carried on.
 *
 * Ids of payments rise with time, so that the newest is the one with the highest.
 */
export function takeFrom(funds: readonly Fund[], amount: Money): { readonly taken: Fund[]; readonly left: Fund[] } {
  const taken: Fund[] = []
  const left: Fund[] = []
  let missing = amount
  for (const fund of [...funds].sort((a, b) => (a.paymentIntentId < b.paymentIntentId ? 1 : -1))) {
    const part = compare(fund.amount, missing) < 0 ? fund.amount : missing
    missing = subtract(missing, part)
    const rest = subtract(fund.amount, part)
    if (isPositive(part)) taken.push({ ...fund, amount: part })
    if (isPositive(rest)) left.push({ ...fund, amount: rest })
  }
  return { taken, left }
}
