import type { Money } from '#kit'
import type { SeatClassName } from './seats.ts'

/** One price of one ride, from a service date on. */
export type Fare = {
  readonly fromStopId: string
  readonly toStopId: string
  readonly seatClass: SeatClassName
  readonly price: Money
  readonly validFromDate: string
  /** Last service date, inclusive; null when it has no end. */
  readonly validToDate: string | null
}

/** The price of a part of a trip, from call to call. */
export type PartFare = {
  readonly fromSequence: number
  readonly toSequence: number
  readonly seatClass: SeatClassName
  readonly price: Money
}

/** The prices that count on one day. */
export type FareBook = { priceOf(fromStopId: string, toStopId: string, seatClass: SeatClassName): Money | undefined }

/**
 * Opens the book of one day on fares that are not withdrawn.
 *
 * The fare that began last counts, so a new tariff takes over on its day and an old one comes back when it is withdrawn.
 */
export function fareBook(fares: readonly Fare[], serviceDate: string): FareBook {
  const counting = new Map<string, Fare>()
  for (const fare of fares) {
    if (!covers(fare, serviceDate)) continue
    const ride = rideKey(fare.fromStopId, fare.toStopId, fare.seatClass)
    const rival = counting.get(ride)
    if (!rival || rival.validFromDate < fare.validFromDate) counting.set(ride, fare)
  }
  return { priceOf: (from, to, seatClass) => counting.get(rideKey(from, to, seatClass))?.price }
}

/** Every part of a trip that has a price. A part without one is left out: it cannot be sold. */
export function partFares(stopIds: readonly string[], classes: readonly SeatClassName[], book: FareBook): PartFare[] {
  return partsOf(stopIds.length).flatMap(([fromSequence, toSequence]) =>
    classes.flatMap((seatClass) => {
      const price = book.priceOf(stopIds[fromSequence]!, stopIds[toSequence]!, seatClass)
      return price ? [{ fromSequence, toSequence, seatClass, price }] : []
    }),
  )
}

/** Every ride along a number of stops as (from, to), the legs and all that is longer. */
export function partsOf(stopCount: number): [number, number][] {
  const parts: [number, number][] = []
  for (let from = 0; from < stopCount; from++) for (let to = from + 1; to < stopCount; to++) parts.push([from, to])
  return parts
}

function covers({ validFromDate, validToDate }: Fare, date: string): boolean {
  return validFromDate <= date && (validToDate === null || date <= validToDate)
}

const rideKey = (from: string, to: string, seatClass: SeatClassName) => `${from} ${to} ${seatClass}`
