import type { Queries, Tx } from '#kit'
import type { Legs } from '../../domain/legs.ts'
import { areWithinLevels, isSameOffer, makeOffers, type OfferBasis, without } from '../../domain/pos/offer.ts'
import type { LeasedSeat, LeasedTicket } from '../../domain/pos/plan_sale.ts'
import type { SeatClass } from '../../domain/ride.ts'
import type { SalesTerms } from '../../domain/sales_terms.ts'
import { legLoads } from '../../store/leg_loads.ts'
import { type Lease, offerAnew } from '../../store/pos/leases.ts'
import { faresFrom } from '../../store/pos/station_rides.ts'
import { rideForSaleOf } from '../../store/rides.ts'

/** A part of a trip that is offered, and the terms that it is sold under. */
type Part = { readonly trip: { readonly tripId: string }; readonly legs: Legs; readonly terms: SalesTerms }

/** What decides about offers of a ride at this moment. */
export async function offerBasis(db: Queries, { trip: { tripId }, legs, terms }: Part, now: Date): Promise<OfferBasis> {
  const loads = terms.levels.length > 0 ? (await legLoads(db, [{ tripId, legs }], now))[0] : undefined
  return { fares: await faresFrom(db, tripId, legs.from), loads: loads ?? {}, terms }
}

/** Whether seats that were lent a moment ago leave to others what their levels must. The levels of the trip are locked. */
export async function leaveTheirLevels(
  tx: Tx,
  { tripId, legs, terms }: { readonly tripId: string; readonly legs: Legs; readonly terms: SalesTerms },
  seats: readonly Pick<LeasedSeat, 'seatClass' | 'tickets'>[],
  now: Date,
): Promise<boolean> {
  const [loads] = await legLoads(tx, [{ tripId, legs }], now)
  return areWithinLevels(seats, loads ?? {}, terms)
}

/**
 * Offers the unsold seats of a lease that is renewed as if they were leased now. What was offered until then is kept beside
 * it: the device may sell by that until its answer arrives, and has sales on it that we have not heard of.
 *
 * @param lease as it was before
 * @returns the seats as they are offered now
 */
export async function renewOffers(
  tx: Tx,
  lease: Lease,
  seats: readonly LeasedSeat[],
  now: Date,
): Promise<LeasedSeat[]> {
  if (seats.length === 0) return []
  const ride = await rideForSaleOf(tx, lease)
  const legs = { from: lease.fromSequence, to: lease.toSequence }
  const basis = await offerBasis(tx, { ...ride, legs }, now)
  const offers = makeOffers(seats, { ...basis, loads: withoutSeats(basis.loads, seats) })
  const renewed = seats.map((seat, i) => ({
    ...seat,
    tickets: seat.tickets.map((ticket) => renewedTicket(ticket, offers[i]!.get(ticket.toSequence), lease.expireTime)),
  }))
  const changed = renewed.filter(({ tickets }, i) => tickets.some((one, j) => one !== seats[i]!.tickets[j]))
  if (changed.length > 0) await offerAnew(tx, lease.leaseId, changed)
  return renewed
}

/** A ride that has no fare any more keeps the last one: the ticket is signed, and in the device's hands. */
function renewedTicket(ticket: LeasedTicket, offer: LeasedTicket['offer'] | undefined, until: Date): LeasedTicket {
  if (!offer || isSameOffer(offer, ticket.offer)) return ticket
  return { ...ticket, offer, former: [...ticket.former, { ...ticket.offer, until }] }
}

function withoutSeats(loads: OfferBasis['loads'], seats: readonly LeasedSeat[]): OfferBasis['loads'] {
  const classes = Object.entries(loads) as [SeatClass, NonNullable<OfferBasis['loads'][SeatClass]>][]
  return Object.fromEntries(
    classes.map(([seatClass, legs]) => {
      const own = seats.filter((seat) => seat.seatClass === seatClass)
      return [seatClass, without(legs, own.length)]
    }),
  )
}
