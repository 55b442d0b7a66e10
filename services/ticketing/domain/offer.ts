import type { Legs } from './legs.ts'
import type { SeatClass } from './ride.ts'

/** A call as search keeps it: plain JSON, because it waits in Redis. */
export type OfferPoint = {
  readonly sequence: number
  readonly stopId: string
  readonly stopName: string
  readonly town: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  /** ISO 8601. */
  readonly time: string
  readonly timeSeconds: number
}

/** A ride of one day's timetable, without what changes by the minute: free seats are counted for each answer. */
export type TimetabledRide = {
  readonly tripId: string
  readonly tenantId: string
  readonly companyName: string
  readonly routeName: string
  readonly headsign: string
  readonly serviceDate: string
  readonly timeZone: string
  readonly currency: string
  readonly origin: OfferPoint
  readonly destination: OfferPoint
  /** Seats of the bus by class. */
  readonly seatCounts: Partial<Record<SeatClass, number>>
  /** Prices in the smallest unit, as text; a class without a fare is not there. */
  readonly fares: Partial<Record<SeatClass, string>>
  readonly delayMinutes: number
  readonly delayReason: string
}

/** How offers are sorted. */
export type OfferOrder = 'DEPARTURE' | 'PRICE' | 'DURATION'

/** What an offer is sorted by; the trip's id parts equals. */
export type OfferCursor = { readonly key: string; readonly tripId: string }

/** The legs of a timetabled ride. */
export function offerLegs({ origin, destination }: TimetabledRide): Legs {
  return { from: origin.sequence, to: destination.sequence }
}

/** Time on the bus. */
export function durationSeconds({ origin, destination }: TimetabledRide): number {
  return (Date.parse(destination.time) - Date.parse(origin.time)) / 1000
}

/** The page of rides that follows a cursor: of those that still leave and have seats of the class, in order. */
export function pageOfRides(
  rides: readonly TimetabledRide[],
  wanted: {
    readonly order: OfferOrder
    readonly seatClass: SeatClass | undefined
    readonly after: OfferCursor | undefined
    readonly limit: number
    readonly leavingAfter: Date
  },
): TimetabledRide[] {
  const { order, seatClass, after, limit, leavingAfter } = wanted
  return rides
    .filter((ride) => Date.parse(ride.origin.time) > leavingAfter.getTime())
    .filter((ride) => seatClass === undefined || ride.seatCounts[seatClass] !== undefined)
    .map((ride) => ({ ride, cursor: cursorOf(ride, order, seatClass) }))
    .sort((a, b) => compare(a.cursor, b.cursor))
    .filter(({ cursor }) => after === undefined || compare(cursor, after) > 0)
    .slice(0, limit)
    .map(({ ride }) => ride)
}

/** Where a ride stands in an order, as text that sorts. */
export function cursorOf(ride: TimetabledRide, order: OfferOrder, seatClass?: SeatClass): OfferCursor {
  return { key: sortKey(ride, order, seatClass), tripId: ride.tripId }
}

function sortKey(ride: TimetabledRide, order: OfferOrder, seatClass: SeatClass | undefined): string {
  if (order === 'DURATION') return digits(BigInt(durationSeconds(ride)))
  if (order === 'DEPARTURE') return ride.origin.time
  const price = lowestPrice(ride, seatClass)
  // `~` follows every digit: what has no fare comes last.
  return price === undefined ? '~' : digits(price)
}

/** The lowest fare, of one class or of all; undefined when there is none. */
function lowestPrice({ fares }: TimetabledRide, seatClass?: SeatClass): bigint | undefined {
  const prices = seatClass ? [fares[seatClass]] : Object.values(fares)
  const minors = prices.filter((price) => price !== undefined).map(BigInt)
  return minors.length === 0 ? undefined : minors.reduce((low, price) => (price < low ? price : low))
}

/** What is left of each class: `free` is never below 0, as a bus may have been swapped for a smaller one. */
export function classOffers(
  ride: TimetabledRide,
  taken: Partial<Record<SeatClass, number>>,
): { seatClass: SeatClass; free: number; price: bigint | undefined }[] {
  const classes = Object.entries(ride.seatCounts) as [SeatClass, number][]
  return classes.map(([seatClass, seats]) => {
    const price = ride.fares[seatClass]
    return {
      seatClass,
      free: Math.max(0, seats - (taken[seatClass] ?? 0)),
      price: price === undefined ? undefined : BigInt(price),
    }
  })
}

const digits = (value: bigint) => value.toString().padStart(20, '0')

function compare(a: OfferCursor, b: OfferCursor): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.tripId < b.tripId ? -1 : a.tripId > b.tripId ? 1 : 0
}
