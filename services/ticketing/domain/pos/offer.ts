import { equals, money, type Money } from '#kit'
import { isWithin, type LegLoad, openLevel } from '../levels.ts'
import { anAdult, priceSeats, type SeatPrice, type Traveller } from '../pricing.ts'
import { placesOf, type RidePlaces, type SeatClass } from '../ride.ts'
import type { SalesTerms } from '../sales_terms.ts'

/**
 * What the prices of a leased ticket are worked out from: the fare and the level of the moment, and the version of the
 * company's terms. Every version is kept, so that a sale that arrives days later is priced as it was promised.
 */
export type Offer = {
  readonly termsVersion: bigint
  readonly fareMinor: bigint
  /** Empty for the full fare. */
  readonly levelCode: string
}

/** What was offered before a lease was renewed: sales of its time stand. */
export type FormerOffer = Offer & { readonly until: Date }

/** What a ride from a station costs, by class and by the call where it ends. */
export type StationFare = { readonly toSequence: number; readonly seatClass: SeatClass; readonly priceMinor: bigint }

/** What decides about offers at a moment. */
export type OfferBasis = {
  readonly fares: readonly StationFare[]
  /** Every leg behind the station by class; not needed where the terms have no levels. */
  readonly loads: Partial<Record<SeatClass, readonly LegLoad[]>>
  readonly terms: SalesTerms
}

/**
 * Offers of some seats, by the call where the passenger gets off: each as if the seats before it were sold already, so that
 * a device that borrows many is offered what as many passengers would have paid one after another.
 */
export function makeOffers(
  seats: readonly { readonly seatClass: SeatClass }[],
  { fares, loads, terms }: OfferBasis,
): ReadonlyMap<number, Offer>[] {
  const party = new Map<SeatClass, number>()
  return seats.map(({ seatClass }) => {
    const nth = (party.get(seatClass) ?? 0) + 1
    party.set(seatClass, nth)
    const own = fares.filter((fare) => fare.seatClass === seatClass)
    return new Map(
      own.map(({ toSequence, priceMinor }) => {
        const level = openLevel(terms.levels, upTo(loads[seatClass], toSequence), nth)
        return [toSequence, { termsVersion: terms.version, fareMinor: priceMinor, levelCode: level?.code ?? '' }]
      }),
    )
  })
}

/** A seat with what its tickets are offered at. */
type Offered = {
  readonly seatClass: SeatClass
  readonly tickets: readonly { readonly toSequence: number; readonly offer: Offer }[]
}

/**
 * Whether seats that were just taken leave to dearer levels what theirs must: the first as if it stood alone, the second
 * with the first, and so on.
 *
 * @param loads with all of them in it
 */
export function areWithinLevels(
  seats: readonly Offered[],
  loads: OfferBasis['loads'],
  { levels }: Pick<SalesTerms, 'levels'>,
): boolean {
  const classes = [...Map.groupBy(seats, ({ seatClass }) => seatClass)]
  return classes.every(([seatClass, own]) =>
    own.every(({ tickets }, i) => {
      const alone = without(loads[seatClass] ?? [], own.length - 1 - i)
      return tickets.every(({ toSequence, offer }) => {
        const level = levels.find(({ code }) => code === offer.levelCode)
        return level === undefined || isWithin(level, upTo(alone, toSequence))
      })
    }),
  )
}

/** Loads as if so many seats were still free on every leg. */
export function without(loads: readonly LegLoad[], seats: number): LegLoad[] {
  return loads.map((load) => ({ ...load, taken: load.taken - seats }))
}

function upTo(loads: readonly LegLoad[] | undefined, toSequence: number): LegLoad[] {
  return (loads ?? []).filter(({ leg }) => leg < toSequence)
}

/** The terms of a company by their versions. */
export type TermsByVersion = ReadonlyMap<bigint, SalesTerms>

/** What one seat of an offer costs somebody at the counter. @throws when the terms that it was made under are not given */
export function priceOfOffer(
  { termsVersion, fareMinor, levelCode }: Offer,
  seatClass: SeatClass,
  ride: RidePlaces,
  termsOf: TermsByVersion,
  traveller: Traveller = anAdult,
): SeatPrice {
  const terms = termsOf.get(termsVersion)
  if (!terms) throw new Error(`an offer was made under terms ${termsVersion}, which are not given`)
  const level = terms.levels.find(({ code }) => code === levelCode)
  const seat = { seatClass, traveller, level, fare: money(ride.trip.currency, fareMinor) }
  return priceSeats([seat], { ...placesOf(ride), channel: 'COUNTER' }, terms)[0]!
}

/** A price that some travellers pay. */
export type TravellerPrice = { readonly traveller: Traveller; readonly price: Money }

/** Everybody whom rules can tell from an adult of unknown residence. */
const otherTravellers: readonly Traveller[] = (['ADULT', 'CHILD', 'STUDENT', 'SENIOR'] as const)
  .flatMap((ageGroup) => ([undefined, 'RESIDENT', 'VISITOR'] as const).map((residency) => ({ ageGroup, residency })))
  .slice(1)

/** What an adult pays of whom nothing else is known, and everybody who pays something else. */
export function pricesOfOffer(
  offer: Offer,
  seatClass: SeatClass,
  ride: RidePlaces,
  termsOf: TermsByVersion,
): { readonly adult: Money; readonly others: readonly TravellerPrice[] } {
  const priceFor = (traveller: Traveller) => priceOfOffer(offer, seatClass, ride, termsOf, traveller).price
  const adult = priceFor(anAdult)
  const others = otherTravellers.map((traveller) => ({ traveller, price: priceFor(traveller) }))
  return { adult, others: others.filter(({ price }) => !equals(price, adult)) }
}

/** The offers that a sale may have been made by: the newest, and those before it that were good at its time. */
export function offersAt(
  { offer, former }: { readonly offer: Offer; readonly former: readonly FormerOffer[] },
  saleTime: Date,
): Offer[] {
  return [offer, ...former.filter(({ until }) => saleTime <= until)]
}

export function isSameOffer(one: Offer, other: Offer): boolean {
  return (
    one.termsVersion === other.termsVersion && one.fareMinor === other.fareMinor && one.levelCode === other.levelCode
  )
}
