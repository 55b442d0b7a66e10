import { add, compare, isNegative, money, type Money, multiply, negate, subtract, zero } from '#kit'

/** What a change costs while it is more than so long before the departure. */
export type FeeBand = {
  readonly hoursBefore: number
  /** Share of what the booking is worth, in hundredths of a percent. */
  readonly basisPoints: bigint
  /** Added for each passenger, in the currency's smallest unit. */
  readonly perPassengerMinor: bigint
}

/** What is changed, and when. */
export type Changed = {
  readonly value: Money
  readonly passengers: number
  readonly departure: Date
}

/** The fee for a change; undefined when it is too late for any. Never more than the booking is worth. */
export function changeFee(changed: Changed, bands: readonly FeeBand[], now: Date): Money | undefined {
  const hoursLeft = (changed.departure.getTime() - now.getTime()) / 3_600_000
  const fitting = bands.filter(({ hoursBefore }) => hoursLeft > hoursBefore)
  const band = fitting.reduce<FeeBand | undefined>(
    (longest, one) => (longest === undefined || one.hoursBefore > longest.hoursBefore ? one : longest),
    undefined,
  )
  if (!band) return undefined
  const { value, passengers } = changed
  const share = multiply(value, band.basisPoints, 10_000n, 'half-up')
  const fee = add(share, money(value.currency, band.perPassengerMinor * BigInt(passengers)))
  return compare(fee, value) > 0 ? value : fee
}

/** What a change comes to: of `due` and `refund` one is nothing, and credit + due = newTotal + fee + refund. */
export type ChangeTerms = {
  readonly credit: Money
  readonly newTotal: Money
  readonly fee: Money
  readonly due: Money
  readonly refund: Money
}

/** Sets what the old booking is worth against the new seats and the fee. */
export function termsOf(credit: Money, newTotal: Money, fee: Money): ChangeTerms {
  const balance = subtract(add(newTotal, fee), credit)
  const nothing = zero(credit.currency)
  const owes = !isNegative(balance)
  return { credit, newTotal, fee, due: owes ? balance : nothing, refund: owes ? nothing : negate(balance) }
}
