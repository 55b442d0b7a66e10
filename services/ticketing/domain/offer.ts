import type { SeatClass } from './ride.ts'

/** Prices in the smallest unit, as text; a class without a fare is not there. */
export type OfferFares = Readonly<Partial<Record<SeatClass, string>>>

/** A ride of a day's list: what lists are sorted and narrowed by, and no more. Plain JSON, because it waits in Redis. */
export type ListedRide = {
  readonly tripId: string
  /** The calls between which it is ridden. */
  readonly from: number
  readonly to: number
  /** When it leaves and arrives, in seconds since 1970. */
  readonly leaves: number
  readonly arrives: number
  /** Classes of which the bus has seats. */
  readonly classes: readonly SeatClass[]
  /** Only in lists that are sorted by them. */
  readonly fares?: OfferFares
}

/** A call as an offer shows it. */
export type OfferPoint = {
  readonly sequence: number
  readonly stopId: string
  readonly stopName: string
  readonly town: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly time: Date
  readonly timeSeconds: number
}

/** A ride on offer, with all that is shown of it. */
export type OfferedRide = {
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
  /** Of them, those that are sold or held on some leg of the ride. */
  readonly taken: Partial<Record<SeatClass, number>>
  readonly fares: OfferFares
  readonly delayMinutes: number
  readonly delayReason: string
}

/** How offers are sorted. */
export type OfferOrder = 'DEPARTURE' | 'PRICE' | 'DURATION'

/** What an offer is sorted by; the trip's id parts equals. */
export type OfferCursor = { readonly key: string; readonly tripId: string }

/** The page of rides that follows a cursor: of those that still leave and have seats of the class, in order. */
export function pageOfRides(
  rides: readonly ListedRide[],
  wanted: {
    readonly order: OfferOrder
    readonly seatClass: SeatClass | undefined
    readonly after: OfferCursor | undefined
    readonly limit: number
    readonly leavingAfter: Date
  },
): ListedRide[] {
  const { order, seatClass, after, limit, leavingAfter } = wanted
  const leaving = leavingAfter.getTime() / 1000
  const isLater = after ? laterThan(after) : () => true
  return rides
    .filter((ride) => ride.leaves > leaving && (seatClass === undefined || ride.classes.includes(seatClass)))
    .map((ride) => ({ ride, rank: rankOf(ride, order, seatClass) }))
    .filter(isLater)
    .sort((a, b) => a.rank - b.rank || (a.ride.tripId < b.ride.tripId ? -1 : 1))
    .slice(0, limit)
    .map(({ ride }) => ride)
}

/** Where a ride stands in an order; what has no fare comes last. */
function rankOf(ride: ListedRide, order: OfferOrder, seatClass: SeatClass | undefined): number {
  if (order === 'DURATION') return ride.arrives - ride.leaves
  if (order === 'DEPARTURE') return ride.leaves
  return Number(lowestPrice(ride, seatClass) ?? WITHOUT_FARE)
}

const WITHOUT_FARE = Number.MAX_SAFE_INTEGER

/** Where the next page begins. */
export function cursorOf(ride: ListedRide, order: OfferOrder, seatClass?: SeatClass): OfferCursor {
  return { key: rankOf(ride, order, seatClass).toString(), tripId: ride.tripId }
}

function laterThan({ key, tripId }: OfferCursor) {
  const last = Number(key)
  return ({ rank, ride }: { rank: number; ride: ListedRide }) => rank > last || (rank === last && ride.tripId > tripId)
}

/** The lowest fare, of one class or of all; undefined when there is none. */
function lowestPrice({ fares = {} }: ListedRide, seatClass?: SeatClass): bigint | undefined {
  const prices = seatClass ? [fares[seatClass]] : Object.values(fares)
  const minors = prices.filter((price) => price !== undefined).map(BigInt)
  return minors.length === 0 ? undefined : minors.reduce((low, price) => (price < low ? price : low))
}

/** What is left of each class: `free` is never below 0, as a bus may have been swapped for a smaller one. */
export function classOffers(
  ride: Pick<OfferedRide, 'seatCounts' | 'taken' | 'fares'>,
): { seatClass: SeatClass; free: number; price: bigint | undefined }[] {
  const classes = Object.entries(ride.seatCounts) as [SeatClass, number][]
  return classes.map(([seatClass, seats]) => {
    const price = ride.fares[seatClass]
    return {
      seatClass,
      free: Math.max(0, seats - (ride.taken[seatClass] ?? 0)),
      price: price === undefined ? undefined : BigInt(price),
    }
  })
}
