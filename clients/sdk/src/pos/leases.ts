import { create, fromJsonString, toJsonString } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { AgeGroup, Residency } from '../../../../gen/tms/company/v1/sales_terms_pb.ts'
import type { LeasedSeat, LeasedTicket, SeatLease } from '../../../../gen/tms/ticketing/v1/point_of_sale_pb.ts'
import {
  type ListLeasesResponse,
  ListLeasesResponseSchema,
} from '../../../../gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { SaleRefusedError } from './terminal_state.ts'

/** A seat that can be sold, with the ticket that will be given out. */
export type Sellable = { readonly lease: SeatLease; readonly seat: LeasedSeat; readonly ticket: LeasedTicket }

/** Who travels, as the passenger says; an adult of whom nothing else is known when left out. */
export type Traveller = { readonly ageGroup?: AgeGroup; readonly residency?: Residency }

/** What a ticket costs somebody. */
export function priceFor({ price, otherPrices }: LeasedTicket, traveller: Traveller = {}): LeasedTicket['price'] {
  const age = traveller.ageGroup || AgeGroup.ADULT
  const home = traveller.residency ?? Residency.UNSPECIFIED
  const other = otherPrices.find((one) => one.ageGroup === age && one.residency === home)
  return other ? other.price : price
}

function pricesOf({ price, otherPrices }: LeasedTicket) {
  return { price, otherPrices }
}

/** The seats that a device was lent, less those that its journal has sold: what it can sell without asking anybody. */
export class LeaseBook {
  readonly #leases = new Map<string, SeatLease>()
  readonly #sold = new Set<string>()

  /** Reads what was written down; nothing when nothing was. */
  static read(text: string | undefined): LeaseBook {
    const book = new LeaseBook()
    if (text !== undefined) for (const lease of fromJsonString(ListLeasesResponseSchema, text).leases) book.add(lease)
    return book
  }

  /** As it is written down. */
  toText(): string {
    return toJsonString(ListLeasesResponseSchema, this.#message())
  }

  /** Takes a lease in. */
  add(lease: SeatLease): void {
    this.#leases.set(lease.leaseId, lease)
  }

  /**
   * Takes over what the server says of a lease that was renewed: its seats at the prices that it names, without those that
   * were taken back, as another bus has not all of them. What was sold can still be printed again.
   */
  update(lease: SeatLease): void {
    const known = this.#leases.get(lease.leaseId)
    if (!known) return
    const renewed = new Map(lease.seats.flatMap(({ tickets }) => tickets.map((one) => [one.ticketId, one])))
    const left = new Set(lease.seats.map(({ seatLabel }) => seatLabel))
    this.drop(
      lease.leaseId,
      known.seats.map(({ seatLabel }) => seatLabel).filter((label) => !left.has(label)),
    )
    const seats = this.#leases.get(lease.leaseId)!.seats.map((seat) => ({
      ...seat,
      tickets: seat.tickets.map((ticket) => ({ ...ticket, ...pricesOf(renewed.get(ticket.ticketId) ?? ticket) })),
    }))
    const { destinations } = lease.seats.length > 0 ? lease : known
    this.#leases.set(lease.leaseId, { ...lease, seats, destinations })
  }

  /** Lets go of unsold seats of a lease; of all when none are named. Tickets that were sold can still be printed again. */
  drop(leaseId: string, labels?: readonly string[]): void {
    const known = this.#leases.get(leaseId)
    if (!known) return
    const stays = ({ seatLabel }: LeasedSeat) =>
      this.#sold.has(`${leaseId}/${seatLabel}`) || (labels !== undefined && !labels.includes(seatLabel))
    this.#leases.set(leaseId, { ...known, seats: known.seats.filter(stays) })
  }

  /** Forgets leases that were over before an instant. */
  forget(before: Date): void {
    for (const { leaseId, expireTime } of this.#leases.values()) {
      if (expireTime && timestampMs(expireTime) < before.getTime()) this.#leases.delete(leaseId)
    }
  }

  /** Notes that the journal has sold a seat. */
  markSold(leaseId: string, seatLabel: string): void {
    this.#sold.add(`${leaseId}/${seatLabel}`)
  }

  /** Takes that back, because the sale did not reach the disk. */
  unmarkSold(leaseId: string, seatLabel: string): void {
    this.#sold.delete(`${leaseId}/${seatLabel}`)
  }

  /** The leases, with the seats that are left. */
  get open(): SeatLease[] {
    return this.#message().leases.map((lease) => ({
      ...lease,
      seats: lease.seats.filter(({ seatLabel }) => !this.#sold.has(`${lease.leaseId}/${seatLabel}`)),
    }))
  }

  /** @throws {SaleRefusedError} SEAT_NOT_LEASED, LEASE_OVER, NO_SUCH_RIDE */
  find(tripId: string, seatLabel: string, toSequence: number | undefined, now: Date): Sellable {
    const leases = this.open.filter((lease) => lease.tripId === tripId)
    const found = leases.flatMap((lease) => {
      const seat = lease.seats.find((one) => one.seatLabel === seatLabel)
      return seat ? [{ lease, seat }] : []
    })
    const live = found.find(({ lease }) => now.getTime() <= (lease.expireTime ? timestampMs(lease.expireTime) : 0))
    if (!live) {
      throw found.length > 0
        ? new SaleRefusedError('LEASE_OVER', `the lease of seat ${seatLabel} is over`)
        : new SaleRefusedError('SEAT_NOT_LEASED', `this device was not lent seat ${seatLabel}, or has sold it`)
    }
    const ticket =
      toSequence === undefined
        ? live.seat.tickets.at(-1)
        : live.seat.tickets.find((one) => one.toSequence === toSequence)
    if (!ticket) throw new SaleRefusedError('NO_SUCH_RIDE', 'the lease has no ticket for that stop')
    return { ...live, ticket }
  }

  /** The ticket of a sale that the journal has; undefined when the lease is forgotten. */
  ticketOf(leaseId: string, seatLabel: string, ticketId: string): Sellable | undefined {
    const lease = this.#leases.get(leaseId)
    const seat = lease?.seats.find((one) => one.seatLabel === seatLabel)
    const ticket = seat?.tickets.find((one) => one.ticketId === ticketId)
    return lease && seat && ticket ? { lease, seat, ticket } : undefined
  }

  #message(): ListLeasesResponse {
    return create(ListLeasesResponseSchema, { leases: [...this.#leases.values()] })
  }
}
