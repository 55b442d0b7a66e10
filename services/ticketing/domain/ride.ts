import { money, type Money, sum } from '#kit'
import type { Legs } from './legs.ts'
import { anAdult, type Discount, type PriceLine, priceSeats, type Traveller } from './pricing.ts'
import type { Level, SalesChannel, SalesTerms, SoldLevel } from './sales_terms.ts'

/** Comfort of a seat, as companies name it. */
export type SeatClass = 'STANDARD' | 'VIP'

/** Where a trip stands. */
export type TripState = 'SCHEDULED' | 'BOARDING' | 'DEPARTED' | 'ARRIVED' | 'CANCELLED'

/** A call of a trip. */
export type Call = {
  readonly sequence: number
  readonly stopId: string
  readonly stopName: string
  readonly town: string
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly arrivalSeconds: number
  readonly departureSeconds: number
  readonly arrivalTime: Date
  readonly departureTime: Date
  readonly pickupAllowed: boolean
  readonly dropOffAllowed: boolean
}

/** What is said about a trip wherever it is shown. */
export type TripFacts = {
  readonly tripId: string
  readonly tenantId: string
  readonly companyName: string
  readonly routeName: string
  readonly headsign: string
  readonly serviceDate: string
  readonly timeZone: string
  readonly currency: string
  readonly busPlate: string
  readonly arrivalTime: Date
  /** How late the company expects it; 0 when it is on time. */
  readonly delayMinutes: number
}

/** A part of a trip, as it is ridden: from one call to another. */
export type Ride = { readonly trip: TripFacts; readonly origin: Call; readonly destination: Call }

/** A seat of the bus. */
export type Seat = {
  readonly label: string
  readonly seatClass: SeatClass
  readonly deck: number
  readonly row: number
  readonly column: number
}

/** Prices of one ride by class, in the currency's smallest unit; a class without a fare is not there. */
export type Fares = Partial<Record<SeatClass, bigint>>

/** All that decides whether and for how much a ride can be sold. */
export type RideForSale = Ride & {
  readonly state: TripState
  readonly suspended: boolean
  readonly revision: bigint
  readonly fares: Fares
  readonly seats: readonly Seat[]
  /** What the company sells it under now. */
  readonly terms: SalesTerms
}

/** The legs of a ride. */
export function legsOf({ origin, destination }: Ride): Legs {
  return { from: origin.sequence, to: destination.sequence }
}

/** What keeps a ride from being sold. */
export type SaleBar = 'CANCELLED' | 'CLOSED' | 'SUSPENDED'

/**
 * What keeps a ride from being sold now; undefined when nothing does.
 *
 * A bus that is under way is still sold from the stops ahead of it, but from its first stop no more, early as it may have left.
 */
export function saleBar(ride: RideForSale, now: Date, cutoffSeconds: number): SaleBar | undefined {
  if (ride.state === 'CANCELLED') return 'CANCELLED'
  if (ride.suspended) return 'SUSPENDED'
  if (ride.state === 'ARRIVED') return 'CLOSED'
  if (ride.state === 'DEPARTED' && ride.origin.sequence === 0) return 'CLOSED'
  return closeTime(ride, cutoffSeconds) <= now ? 'CLOSED' : undefined
}

/** When the bus is expected at the passenger's stop: by the timetable, or as much later as the company has told. */
export function expectedDeparture({ trip, origin }: Ride): Date {
  return new Date(origin.departureTime.getTime() + trip.delayMinutes * 60_000)
}

/** Whether the bus has left the passenger's stop: its time is over, or it is known to be under way, early perhaps. */
export function hasLeft(ride: RideForSale, now: Date): boolean {
  const left = ride.state === 'DEPARTED' && ride.origin.sequence === 0
  return expectedDeparture(ride) <= now || left || ride.state === 'ARRIVED'
}

/** When sales end: some time before the bus leaves the passenger's stop. */
export function closeTime(ride: Ride, cutoffSeconds: number): Date {
  return new Date(ride.origin.departureTime.getTime() - cutoffSeconds * 1000)
}

/** Until when a hold lasts: never past the departure, when the seats are of no use. */
export function holdEnd(ride: Ride, now: Date, holdSeconds: number): Date {
  return new Date(Math.min(now.getTime() + holdSeconds * 1000, ride.origin.departureTime.getTime()))
}

/** What is asked about a price beside the seats. */
export type PriceQuestion = {
  readonly channel: SalesChannel
  /** One for each seat; none for adults of whom nothing is known. */
  readonly travellers: readonly Traveller[]
  readonly discount: Discount | undefined
  /** The level that each class is sold at; a class that is not there is sold at the full fare. */
  readonly levels: Partial<Record<SeatClass, Level>>
}

/** A ride bought by the passenger, at the full fare. */
export const plainQuestion: PriceQuestion = { channel: 'WEB', travellers: [], discount: undefined, levels: {} }

/** One seat and its price, with how it came about. */
export type QuoteLine = {
  readonly seat: Seat
  readonly price: Money
  readonly traveller: Traveller
  readonly priceLines: readonly PriceLine[]
}

/** The exact price of some seats. */
export type Quote = {
  readonly lines: readonly QuoteLine[]
  readonly total: Money
  readonly channel: SalesChannel
  /** The code that lowered it; empty when none did. */
  readonly promotionCode: string
  /** The level of each class that is not sold at the full fare. */
  readonly levels: Partial<Record<SeatClass, SoldLevel>>
}

/** Why seats have no price. */
export type QuoteFault =
  | { readonly fault: 'SEAT_UNKNOWN' | 'SEAT_REPEATED'; readonly label: string }
  | { readonly fault: 'FARE_MISSING'; readonly seatClass: SeatClass }

/** Prices seats in the order given, under the company's terms. A class without a fare has no price, not a price of 0. */
export function quote(
  ride: RideForSale,
  labels: readonly string[],
  question: PriceQuestion = plainQuestion,
): Quote | QuoteFault {
  const repeated = labels.find((label, i) => labels.indexOf(label) < i)
  if (repeated !== undefined) return { fault: 'SEAT_REPEATED', label: repeated }
  const seats: Seat[] = []
  for (const label of labels) {
    const seat = ride.seats.find((one) => one.label === label)
    if (!seat) return { fault: 'SEAT_UNKNOWN', label }
    if (ride.fares[seat.seatClass] === undefined) return { fault: 'FARE_MISSING', seatClass: seat.seatClass }
    seats.push(seat)
  }
  const { currency } = ride.trip
  const asked = seats.map(({ seatClass }, i) => ({
    seatClass,
    fare: money(currency, ride.fares[seatClass]!),
    traveller: question.travellers[i] ?? anAdult,
    level: question.levels[seatClass],
  }))
  const prices = priceSeats(asked, { ...placesOf(ride), channel: question.channel }, ride.terms, question.discount)
  const lines = seats.map((seat, i) => ({
    seat,
    price: prices[i]!.price,
    traveller: asked[i]!.traveller,
    priceLines: prices[i]!.lines,
  }))
  return {
    lines,
    total: sum(
      currency,
      lines.map(({ price }) => price),
    ),
    channel: question.channel,
    promotionCode: question.discount?.code ?? '',
    levels: question.levels,
  }
}

/** What one seat of each class costs an adult, in the currency's smallest unit: what a ride is shown at. */
export function shownFares(
  ride: Pick<RideForSale, 'fares' | 'terms'> & RidePlaces,
  levels: Partial<Record<SeatClass, Level>>,
  channel: SalesChannel = 'WEB',
): Fares {
  const classes = Object.entries(ride.fares) as [SeatClass, bigint][]
  return Object.fromEntries(
    classes.map(([seatClass, minor]) => {
      const seat = {
        ...{ seatClass, traveller: anAdult, level: levels[seatClass] },
        fare: money(ride.trip.currency, minor),
      }
      const [priced] = priceSeats([seat], { ...placesOf(ride), channel }, ride.terms)
      return [seatClass, priced!.price.minor]
    }),
  )
}

/** What a price needs to know of where and when a ride is. */
export type RidePlaces = {
  readonly trip: Pick<TripFacts, 'currency' | 'serviceDate'>
  readonly origin: Pick<Call, 'stopId'>
  readonly destination: Pick<Call, 'stopId'>
}

/** Where and when a ride is, as its price needs it. */
export function placesOf({ trip, origin, destination }: RidePlaces) {
  return { fromStopId: origin.stopId, toStopId: destination.stopId, serviceDate: trip.serviceDate }
}
