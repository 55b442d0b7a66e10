import { add, isNegative, isPositive, type Money, subtract, zero } from '#kit'
import type { BookingState } from './booking_state.ts'
import type { Fund } from './funds.ts'
import type { CancelCause } from './refund_rule.ts'
import type { PriceLine, Traveller } from './pricing.ts'
import type { SeatClass } from './ride.ts'
import type { SalesChannel } from './sales_terms.ts'

/** Where a ticket stands. */
export type TicketState = 'ISSUED' | 'BOARDED' | 'VOID' | 'NO_SHOW'

/** One passenger's right to ride. */
export type Ticket = {
  readonly ticketId: string
  readonly state: TicketState
  readonly code: string
  readonly boardTime: Date | undefined
}

/** One passenger of a booking. */
export type Passenger = {
  readonly position: number
  readonly name: string
  readonly seatLabel: string
  readonly seatClass: SeatClass
  readonly price: Money
  readonly traveller: Traveller
  /** How the price came about; none where it is the fare and nothing else. */
  readonly priceLines: readonly PriceLine[]
  readonly ticket: Ticket | undefined
}

/** Money that goes back. */
export type Refund = {
  readonly refundId: string
  readonly paymentIntentId: string
  readonly amount: Money
  readonly createTime: Date
  readonly settleTime: Date | undefined
}

/** The booking whose place another one takes, what it was worth, and what the change costs. */
export type Replacement = { readonly bookingId: string; readonly credit: Money; readonly fee: Money }

/** What an open ticket is worth, and until when. */
export type OpenTicket = { readonly value: Money; readonly expireTime: Date }

/** A booking with all that belongs to it. */
export type Booking = {
  readonly bookingId: string
  readonly tenantId: string
  readonly userId: string
  readonly bookingCode: string
  readonly tripId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly departureTime: Date
  readonly state: BookingState
  readonly phone: string
  readonly email: string
  readonly language: string
  readonly total: Money
  readonly paymentIntentId: string
  readonly fence: bigint
  readonly holdExpireTime: Date
  readonly createTime: Date
  readonly confirmTime: Date | undefined
  readonly cancelTime: Date | undefined
  readonly cancelCause: CancelCause | undefined
  /** Whether its trip was cancelled and its passenger is asked what to do. */
  readonly awaitsChoice: boolean
  readonly passengers: readonly Passenger[]
  /** Seats that it still claims under its own fencing token. */
  readonly liveClaims: number
  readonly channel: SalesChannel
  /** The version of the company's terms that it was sold under. */
  readonly termsVersion: bigint
  /** The code that it redeems; empty when it redeems none. */
  readonly promotionCode: string
  readonly refunds: readonly Refund[]
  readonly replaces: Replacement | undefined
  readonly replacedById: string | undefined
  readonly open: OpenTicket | undefined
  /** Payments of its predecessors that it stands on. */
  readonly carried: readonly Fund[]
  /** Sold at the door: its money is not late because the bus is. */
  readonly doorSale: boolean
}

/** What is to be paid for a booking: what it costs, less what its predecessor was worth. */
export function amountDue({ total, replaces }: Pick<Booking, 'total' | 'replaces'>): Money {
  if (!replaces) return total
  const due = subtract(add(total, replaces.fee), replaces.credit)
  return isNegative(due) ? zero(total.currency) : due
}

/** The payments that a paid booking stands on, its own included. */
export function fundsOf(booking: Booking): readonly Fund[] {
  const amount = amountDue(booking)
  const own = isPositive(amount) ? [{ paymentIntentId: booking.paymentIntentId, amount }] : []
  return [...booking.carried, ...own]
}

/** Whether another booking may still take this one's place: paid, nobody on board, and in the same hands. */
export function mayBeReplaced(old: Booking, by: Pick<Booking, 'userId'>): boolean {
  const paid = old.state === 'CONFIRMED' || old.state === 'OPEN'
  return paid && old.userId === by.userId && !old.passengers.some(({ ticket }) => ticket?.state === 'BOARDED')
}
