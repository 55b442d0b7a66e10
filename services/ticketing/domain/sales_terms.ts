import type { FeeBand } from './change_rule.ts'
import type { RefundBand } from './refund_rule.ts'
import type { SeatClass } from './ride.ts'

/** How a seat is sold. */
export type SalesChannel = 'WEB' | 'COUNTER' | 'AGENT'

/** How old a passenger is, as the passenger says. */
export type AgeGroup = 'ADULT' | 'CHILD' | 'STUDENT' | 'SENIOR'

/** Where a passenger lives, as the passenger says. */
export type Residency = 'RESIDENT' | 'VISITOR'

/** Raises or lowers a fare; an empty condition holds always. */
export type PriceRule = {
  readonly code: string
  readonly name: string
  readonly kind: 'FARE' | 'FEE'
  /** Of the rules of one group the first that holds is applied; empty when it stands alone. */
  readonly group: string
  readonly seatClasses: readonly SeatClass[]
  readonly fromStopId: string
  readonly toStopId: string
  readonly firstDate: string
  readonly lastDate: string
  /** 1 for Monday to 7 for Sunday. */
  readonly weekdays: readonly number[]
  readonly channels: readonly SalesChannel[]
  readonly ageGroups: readonly AgeGroup[]
  readonly residencies: readonly Residency[]
  readonly effect: Effect
}

/** What a rule does to the price of one passenger; amounts are in the currency's smallest unit. */
export type Effect =
  | { readonly kind: 'PERCENT'; readonly basisPoints: bigint }
  | { readonly kind: 'AMOUNT'; readonly minor: bigint }
  | { readonly kind: 'FIXED'; readonly minor: bigint }

/** A cheaper level, sold while enough seats are left for those who pay more. */
export type Level = {
  readonly code: string
  readonly name: string
  /** How much cheaper than the full fare. */
  readonly discountBasisPoints: bigint
  /** Share of a class's seats that must stay free on every leg. */
  readonly protectedPercent: number
}

/** What a sale at a level must leave to others. */
export type SoldLevel = Pick<Level, 'code' | 'protectedPercent'>

/** The terms that a company sells under. */
export type SalesTerms = {
  /** 0 for a company that has set none. */
  readonly version: bigint
  /** In the order that they are applied in. */
  readonly rules: readonly PriceRule[]
  /** Fares are rounded to a multiple of this; 0 when they are not. */
  readonly stepMinor: bigint
  /** What goes back when a passenger cancels. */
  readonly refundBands: readonly RefundBand[]
  /** What a change costs. */
  readonly changeBands: readonly FeeBand[]
  /** How many days an open ticket can be used; 0 where there are none. */
  readonly openTicketDays: number
  /** From the dearest to the cheapest; none where all pay the full fare. */
  readonly levels: readonly Level[]
}

/** Of a company that has set none: fares are as they are, until the bus leaves everything goes back, and changes cost nothing. */
export const defaultTerms: SalesTerms = {
  version: 0n,
  rules: [],
  stepMinor: 0n,
  refundBands: [{ hoursBefore: 0, basisPoints: 10_000n }],
  changeBands: [{ hoursBefore: 0, basisPoints: 0n, perPassengerMinor: 0n }],
  openTicketDays: 90,
  levels: [],
}
