import { isZero, multiply, type Money, zero } from '#kit'

/** Who cancels a paid booking. */
export type CancelCause = 'PASSENGER' | 'COMPANY' | 'TRIP'

/** What goes back when a booking is cancelled at least so long before the departure. */
type RefundBand = { readonly hoursBefore: number; readonly percent: bigint }

/** For now everything goes back until the bus leaves. The first band that fits counts, so the longest time stands first. */
const passengerBands: readonly RefundBand[] = [{ hoursBefore: 0, percent: 100n }]

/**
 * What goes back to the passenger of a cancelled booking; undefined when it is too late to cancel.
 *
 * Whoever is not to blame gets everything: a company or a trip that is cancelled always refunds in full.
 */
export function refundOf(total: Money, cause: CancelCause, departure: Date, now: Date): Money | undefined {
  if (cause !== 'PASSENGER') return total
  const hoursLeft = (departure.getTime() - now.getTime()) / 3_600_000
  const band = passengerBands.find(({ hoursBefore }) => hoursLeft > hoursBefore)
  return band && multiply(total, band.percent, 100n, 'half-up')
}

/** What was paid for nothing goes back in full; nothing paid, nothing back. */
export function owed(refund: Money | undefined): Money | undefined {
  return refund === undefined || isZero(refund) ? undefined : refund
}

/** An amount for messages that always name one. */
export function amountOrNothing(refund: Money | undefined, currency: string): Money {
  return refund ?? zero(currency)
}
