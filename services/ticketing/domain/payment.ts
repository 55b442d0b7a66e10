import { equals, type Money } from '#kit'
import type { BookingState } from './booking_state.ts'

/** What a payment finds when it arrives. */
export type PaidBooking = {
  readonly state: BookingState
  /** What was to be paid. */
  readonly due: Money
  readonly paymentIntentId: string
  readonly seatCount: number
  /** Seats that are still claimed under the booking's own fencing token. */
  readonly liveClaims: number
  /** Whether the trip still runs, the bus has not left the passenger's stop, and a booking to be changed still can be. */
  readonly rideable: boolean
  readonly refunded: boolean
}

/** What becomes of a payment. */
export type PaymentVerdict =
  /** The seats are still ours: sell them. */
  | 'CONFIRM'
  /** Too late, the seats were let go: look for others. */
  | 'RESEAT'
  /** Nothing can be sold for it: give it back. */
  | 'REFUND'
  /** Not what was asked for: give it back and have somebody look. */
  | 'MISMATCH'
  /** Nothing is left to do. */
  | 'IGNORE'

/** Decides what becomes of a payment, in whatever order events arrive. */
export function judge(
  booking: PaidBooking,
  paid: { readonly amount: Money; readonly paymentIntentId: string },
): PaymentVerdict {
  if (booking.refunded || ['CONFIRMED', 'CANCELLED', 'OPEN'].includes(booking.state)) return 'IGNORE'
  if (paid.paymentIntentId !== booking.paymentIntentId || !equals(paid.amount, booking.due)) return 'MISMATCH'
  // Whoever gave the hold back does not want the seats any more; money that was under way then goes back.
  if (booking.state === 'RELEASED' || !booking.rideable) return 'REFUND'
  // The hold may have run out by the clock: while nobody else took the seats, that harms no one.
  return booking.state === 'HELD' && booking.liveClaims === booking.seatCount ? 'CONFIRM' : 'RESEAT'
}
