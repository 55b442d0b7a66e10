import { isZero, multiply, type Money, zero } from '#kit'

/** Who cancels a paid booking. */
export type CancelCause = 'PASSENGER' | 'COMPANY' | 'TRIP' | 'CHANGE'

/** What goes back when a booking is cancelled at least so long before the departure. */
export type RefundBand = { readonly hoursBefore: number; readonly basisPoints: bigint }

/**
 * What goes back to the passenger of a cancelled booking; undefined when it is too late to cancel.
 *
 * Whoever is not to blame gets everything: a company or a trip that is cancelled always refunds in full.
 */
export function refundOf(
  total: Money,
  cause: CancelCause,
  departure: Date,
  now: Date,
  bands: readonly RefundBand[],
): Money | undefined {
  if (cause !== 'PASSENGER') return total
  const hoursLeft = (departure.getTime() - now.getTime()) / 3_600_000
  const longestFirst = [...bands].sort((a, b) => b.hoursBefore - a.hoursBefore)
  const band = longestFirst.find(({ hoursBefore }) => hoursLeft > hoursBefore)
  return band && multiply(total, band.basisPoints, 10_000n, 'half-up')
}

/** What was paid for nothing goes back in full; nothing paid, nothing back. */
export function owed(refund: Money | undefined): Money | undefined {
  return refund === undefined || isZero(refund) ? undefined : refund
}

/** An amount for messages that always name one. */
export function amountOrNothing(refund: Money | undefined, currency: string): Money {
  return refund ?? zero(currency)
}
