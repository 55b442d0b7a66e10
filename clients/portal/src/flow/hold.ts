import { type Money, type PassengerTms, reasonOf } from '@tms/sdk/passenger'
import type { Ride } from '../app/routes.ts'
import type { Language } from '../i18n/languages.ts'
import { begin, forget, rememberTraveller, rideKeyOf } from './draft.ts'

/** What somebody wants to buy. */
export type Wish = {
  readonly ride: Ride
  readonly seats: readonly string[]
  readonly names: readonly string[]
  /** E.164. */
  readonly phone: string
  readonly country: string
  readonly language: Language
  /** What was shown; another price is refused instead of charged. */
  readonly total: Money | undefined
}

/**
 * Has seats kept, as a guest when nobody is signed in. The same wish, sent again, is the same booking; another wish for
 * the ride gives the seats of the one before back.
 *
 * @returns the booking's id
 */
export async function hold(tms: PassengerTms, wish: Wish): Promise<string> {
  const { ride, seats, names, phone, country, language, total } = wish
  const passengers = seats.map((seatLabel, index) => ({ seatLabel, name: names[index]?.trim() ?? '' }))
  const rideKey = rideKeyOf(ride)
  rememberTraveller({ names: passengers.map(({ name }) => name), phone, country })
  await tms.session.asGuest()
  const { draft, replaced } = begin(rideKey, JSON.stringify([passengers, phone]), seats)
  if (replaced) await giveBack(tms, replaced.bookingId)
  const { bookingId } = draft
  try {
    const expected = total === undefined ? {} : { expectedTotal: total }
    await tms.ticketing.holdSeats({ ...ride, bookingId, passengers, contact: { phone, language }, ...expected })
    return bookingId
  } catch (err) {
    // Refused for good: the next attempt is a new booking. What may have arrived is asked for again by the same id.
    if (reasonOf(err) !== undefined && reasonOf(err) !== 'TRIP_CHANGED') forget(rideKey, bookingId)
    throw err
  }
}

/** Seats that are wanted no longer; that somebody else could have had them sooner is no reason to stop. */
async function giveBack(tms: PassengerTms, bookingId: string): Promise<void> {
  await tms.ticketing.releaseHold({ bookingId }).catch(() => undefined)
}
