import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire'
import { type Booking, BookingSchema, BookingState } from '@tms/sdk/passenger'

const ITEM = 'tms:tickets'
/** The latest; older ones are over. */
const MOST_KEPT = 30

/** The paid bookings that this device keeps, for the road without a network; the latest bought first. */
export function keptTickets(): Booking[] {
  try {
    const kept = JSON.parse(localStorage.getItem(ITEM) ?? '[]') as string[]
    return kept.map((one) => fromBinary(BookingSchema, base64Decode(one)))
  } catch {
    return []
  }
}

/** One of them. */
export function keptTicket(bookingId: string): Booking | undefined {
  return keptTickets().find((one) => one.bookingId === bookingId)
}

/** Forgets them all. */
export function forgetTickets(): void {
  localStorage.removeItem(ITEM)
}

/** Keeps a booking that is or was paid, as it stands now. */
export function keepTicket(booking: Booking): void {
  const { CONFIRMED, CANCELLED, OPEN } = BookingState
  const isBought = [CONFIRMED, CANCELLED, OPEN].some((one) => one === booking.state)
  if (!isBought) return
  const others = keptTickets().filter(({ bookingId }) => bookingId !== booking.bookingId)
  const all = [booking, ...others].slice(0, MOST_KEPT)
  localStorage.setItem(ITEM, JSON.stringify(all.map((one) => base64Encode(toBinary(BookingSchema, one)))))
}
