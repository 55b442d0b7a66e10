import { BookingChangeService, type ChangeQuote } from '@tms/sdk/changes'
import { type Booking, type PassengerTms, reasonOf } from '@tms/sdk/passenger'
import type { Ride } from '../app/routes.ts'
import { begin, forget } from './draft.ts'

/** A change that was quoted. */
export type Change = {
  readonly bookingId: string
  readonly ride: Ride
  readonly seats: readonly string[]
  readonly quote: ChangeQuote
}

/**
 * Changes a booking at the price that was shown. The same change, sent again, is the same new booking; a refused one is
 * forgotten, and another begins anew.
 */
export async function changeBooking(tms: PassengerTms, change: Change): Promise<Booking | undefined> {
  const { bookingId, ride, seats, quote } = change
  const key = `change:${bookingId}`
  const { draft } = begin(key, JSON.stringify([ride, seats, amountsOf(quote)]), seats)
  try {
    const { booking } = await tms.client(BookingChangeService).changeBooking({
      newBookingId: draft.bookingId,
      bookingId,
      ride: { ...ride, seatLabels: [...seats] },
      ...(quote.amountDue && { expectedAmountDue: quote.amountDue }),
      ...(quote.refund && { expectedRefund: quote.refund }),
    })
    forget(key, draft.bookingId)
    return booking
  } catch (err) {
    if (reasonOf(err) !== undefined) forget(key, draft.bookingId)
    throw err
  }
}

function amountsOf({ amountDue, refund }: ChangeQuote): string[] {
  return [amountDue, refund].map((amount) => `${amount?.currencyCode ?? ''} ${amount?.units ?? 0n}`)
}
