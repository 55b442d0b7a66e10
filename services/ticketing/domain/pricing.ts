import { add, allocate, compare, isZero, money, type Money, multiply, subtract, sum, zero } from '#kit'
import type { SeatClass } from './ride.ts'
import type { AgeGroup, Level, PriceRule, Residency, SalesChannel, SalesTerms } from './sales_terms.ts'

/** Who travels. */
export type Traveller = { readonly ageGroup: AgeGroup; readonly residency: Residency | undefined }

/** Somebody of whom nothing is known. */
export const anAdult: Traveller = { ageGroup: 'ADULT', residency: undefined }

/** What decides about the price of a ride whoever takes it. */
export type RideFacts = {
  readonly fromStopId: string
  readonly toStopId: string
  readonly serviceDate: string
  readonly channel: SalesChannel
}

/** One seat that is to be priced. */
export type SeatToPrice = {
  readonly seatClass: SeatClass
  readonly fare: Money
  readonly traveller: Traveller
  /** The level that it is sold at; undefined for the full fare. */
  readonly level: Level | undefined
}

/** What a promotion takes off: a share of each fare, or an amount off them all together. */
export type Discount = {
  readonly code: string
  readonly name: string
  readonly off: { readonly basisPoints: bigint } | { readonly amount: Money }
}

/** A line of a breakdown. The lines add up to the price. */
export type PriceLine = {
  readonly kind: 'BASE' | 'RULE' | 'LEVEL' | 'ROUNDING' | 'PROMOTION' | 'FEE'
  readonly code: string
  readonly name: string
  readonly amount: Money
}

/** The price of one seat, and how it comes about. */
export type SeatPrice = { readonly lines: readonly PriceLine[]; readonly price: Money }

/**
 * What seats cost that are bought together: fare, rules in their order, level, rounding, promotion, fees. No price is ever
 * below nothing, and the lines of each add up to it.
 */
export function priceSeats(
  seats: readonly SeatToPrice[],
  ride: RideFacts,
  terms: SalesTerms,
  discount?: Discount,
): SeatPrice[] {
  const fares = seats.map((seat) => fareOf(seat, ride, terms))
  const offs = discountsOn(fares, discount)
  return fares.map((fare, i) => {
    if (discount) fare.put('PROMOTION', discount, subtract(fare.price, offs[i]!))
    for (const rule of rulesFor('FEE', seats[i]!, ride, terms)) fare.apply(rule)
    return { lines: fare.lines, price: fare.price }
  })
}

/** No seat costs more than this, in the smallest unit: rules that raise each other without end stop here. */
const CEILING = 10n ** 15n

/** A price that is being made. */
class Making {
  readonly lines: PriceLine[] = []
  price: Money

  constructor(base: Money) {
    this.price = base
    this.lines.push({ kind: 'BASE', code: '', name: '', amount: base })
  }

  /** Sets the price to another, never below nothing nor above the ceiling, and writes down the difference; none is not worth a line. */
  put(kind: PriceLine['kind'], { code, name }: { readonly code: string; readonly name: string }, next: Money): void {
    const capped = next.minor > CEILING ? money(next.currency, CEILING) : next
    const bounded = capped.minor < 0n ? zero(next.currency) : capped
    const amount = subtract(bounded, this.price)
    this.price = bounded
    if (!isZero(amount)) this.lines.push({ kind, code, name, amount })
  }

  apply(rule: PriceRule): void {
    this.put(rule.kind === 'FEE' ? 'FEE' : 'RULE', rule, effectOn(this.price, rule))
  }
}

function fareOf(seat: SeatToPrice, ride: RideFacts, terms: SalesTerms): Making {
  const making = new Making(seat.fare)
  for (const rule of rulesFor('FARE', seat, ride, terms)) making.apply(rule)
  const { level } = seat
  if (level) {
    const rest = 10_000n - level.discountBasisPoints
    making.put('LEVEL', level, multiply(making.price, rest, 10_000n, 'half-up'))
  }
  making.put('ROUNDING', { code: '', name: '' }, rounded(making.price, terms.stepMinor))
  return making
}

/** The rules that hold for a seat, in order; of each group the first. */
function rulesFor(kind: PriceRule['kind'], seat: SeatToPrice, ride: RideFacts, terms: SalesTerms): PriceRule[] {
  const holding = terms.rules.filter((rule) => rule.kind === kind && holds(rule, seat, ride))
  const groups = new Set<string>()
  return holding.filter(({ group }) => {
    if (group === '') return true
    const first = !groups.has(group)
    groups.add(group)
    return first
  })
}

function holds(rule: PriceRule, { seatClass, traveller }: SeatToPrice, ride: RideFacts): boolean {
  const { serviceDate } = ride
  return (
    among(rule.seatClasses, seatClass) &&
    (rule.fromStopId === '' || rule.fromStopId === ride.fromStopId) &&
    (rule.toStopId === '' || rule.toStopId === ride.toStopId) &&
    (rule.firstDate === '' || rule.firstDate <= serviceDate) &&
    (rule.lastDate === '' || serviceDate <= rule.lastDate) &&
    among(rule.weekdays, weekdayOf(serviceDate)) &&
    among(rule.channels, ride.channel) &&
    among(rule.ageGroups, traveller.ageGroup) &&
    among(rule.residencies, traveller.residency)
  )
}

function among<T>(some: readonly T[], one: T | undefined): boolean {
  return some.length === 0 || (one !== undefined && some.includes(one))
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf(serviceDate: string): number {
  const day = new Date(`${serviceDate}T00:00:00Z`).getUTCDay()
  return day === 0 ? 7 : day
}

function effectOn(price: Money, { effect, kind }: PriceRule): Money {
  switch (effect.kind) {
    case 'PERCENT':
      return add(price, multiply(price, effect.basisPoints, 10_000n, 'half-up'))
    case 'AMOUNT':
      return add(price, money(price.currency, effect.minor))
    case 'FIXED':
      // A fixed fee is added: it does not take the fare's place.
      return kind === 'FEE' ? add(price, money(price.currency, effect.minor)) : money(price.currency, effect.minor)
  }
}

function rounded(price: Money, stepMinor: bigint): Money {
  if (stepMinor <= 1n) return price
  const steps = multiply(price, 1n, stepMinor, 'half-up')
  return multiply(steps, stepMinor, 1n, 'down')
}

/** What is taken off each fare. An amount is shared out by their sizes, to the last franc, and never more than they are. */
function discountsOn(fares: readonly Making[], discount: Discount | undefined): Money[] {
  const prices = fares.map(({ price }) => price)
  const [first] = prices
  if (!discount || !first) return []
  const { off } = discount
  if ('basisPoints' in off) return prices.map((price) => multiply(price, off.basisPoints, 10_000n, 'half-up'))
  const whole = sum(first.currency, prices)
  if (isZero(whole)) return prices.map(({ currency }) => zero(currency))
  const amount = compare(off.amount, whole) < 0 ? off.amount : whole
  const shares = allocate(
    amount,
    prices.map(({ minor }) => minor),
  )
  // A share rounded up may pass a fare by a unit when hardly anything is left of it.
  return shares.map((share, i) => (compare(share, prices[i]!) > 0 ? prices[i]! : share))
}
