import type { Money } from '#kit'
import type { BookingState } from './booking_state.ts'
import type { CancelCause } from './refund_rule.ts'
import type { SeatClass } from './ride.ts'

/** Where a ticket stands. */
export type TicketState = 'ISSUED' | 'BOARDED' | 'VOID'

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
  readonly passengers: readonly Passenger[]
  /** Seats that it still claims under its own fencing token. */
  readonly liveClaims: number
  readonly refunds: readonly Refund[]
}
