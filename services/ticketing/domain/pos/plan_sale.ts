import type { Seat, SeatClass } from '../ride.ts'
import { reseat } from '../seating.ts'
import type { Entry, Outcome, SaleDetail } from './entry.ts'
import type { FormerOffer, Offer } from './offer.ts'

/** A ticket that was signed when its seat was leased. */
export type LeasedTicket = {
  readonly ticketId: string
  readonly toSequence: number
  readonly code: string
  readonly offer: Offer
  readonly former: readonly FormerOffer[]
}

/** A seat of a lease as the database has it. */
export type LeasedSeat = {
  readonly leaseId: string
  readonly deviceId: string
  readonly tripId: string
  readonly fromSequence: number
  readonly leaseState: 'ACTIVE' | 'RETURNED' | 'EXPIRED' | 'REVOKED'
  readonly expireTime: Date
  readonly seatLabel: string
  readonly seatClass: SeatClass
  readonly bookingCode: string
  readonly currency: string
  readonly tickets: readonly LeasedTicket[]
  /** Whether the device still has the seat for itself. */
  readonly open: boolean
  /** Whether it was given back or taken back unsold, and its tickets are void. */
  readonly void: boolean
}

/** A sale with what its device was lent for it; undefined when it was lent nothing of the kind. */
export type BackedSale = {
  readonly entry: Entry
  readonly sale: SaleDetail
  readonly lent: { readonly seat: LeasedSeat; readonly ticket: LeasedTicket } | undefined
}

/** The part of a lease that a sale names; undefined when the lease is another device's, trip's or seat's. */
export function lentFor(deviceId: string, sale: SaleDetail, seat: LeasedSeat | undefined): BackedSale['lent'] {
  const fits = seat?.deviceId === deviceId && seat.tripId === sale.tripId && seat.fromSequence === sale.fromSequence
  const ticket = fits
    ? seat.tickets.find((one) => one.ticketId === sale.ticketId && one.toSequence === sale.toSequence)
    : undefined
  return seat && ticket && { seat, ticket }
}

/** How a sale that is lent its seat stands: within its time, or late but with its seat still kept for it. */
export function outcomeOfLent(deviceTime: Date, seat: LeasedSeat): Outcome {
  return deviceTime <= seat.expireTime ? 'SOLD' : 'ACCEPTED_LATE'
}

/** What is free on the ride of a sale whose seat is not kept for it any more. */
export type Chance = {
  /** False when the trip does not run. */
  readonly runs: boolean
  /** True once the bus has left the passenger's stop: nobody changes seats then. */
  readonly left: boolean
  readonly free: readonly Seat[]
  readonly seatClass: SeatClass | undefined
}

/** A seat for a sale whose own is not kept for it: the same when it is free, else another of its class, else none. */
export function seatFor(
  seatLabel: string,
  { runs, left, free, seatClass }: Chance,
): { readonly outcome: Outcome; readonly seat: Seat } | undefined {
  if (!runs) return undefined
  const own = free.find((seat) => seat.label === seatLabel)
  if (own) return { outcome: 'ACCEPTED_LATE', seat: own }
  if (left || seatClass === undefined) return undefined
  const [other] = reseat([{ seatLabel, seatClass }], free) ?? []
  return other && { outcome: 'RESEATED', seat: other }
}
