import type { FeeBand } from './change_rule.ts'
import type { RefundBand } from './refund_rule.ts'

/** What a company lets passengers do with paid bookings, and at which price. */
export type SalesRules = {
  /** What goes back when a passenger cancels. */
  readonly refundBands: readonly RefundBand[]
  /** What a change costs. */
  readonly changeBands: readonly FeeBand[]
  /** How many days an open ticket can be used; 0 where there are none. */
  readonly openTicketDays: number
}

/** Of a company that has set none: until the bus leaves everything goes back, and changes cost nothing. */
export const defaultRules: SalesRules = {
  refundBands: [{ hoursBefore: 0, basisPoints: 10_000n }],
  changeBands: [{ hoursBefore: 0, basisPoints: 0n, perPassengerMinor: 0n }],
  openTicketDays: 90,
}
