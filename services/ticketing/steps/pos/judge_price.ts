import { equals } from '#kit'
import type { Finding } from '../../domain/pos/audit.ts'
import { type Offer, offersAt, priceOfOffer, type TermsByVersion } from '../../domain/pos/offer.ts'
import type { BackedSale } from '../../domain/pos/plan_sale.ts'
import type { PriceLine, Traveller } from '../../domain/pricing.ts'
import type { RideForSale, RidePlaces, SeatClass } from '../../domain/ride.ts'

/** What is written down of the price of a sale. */
export type SalePrice = {
  readonly termsVersion: bigint
  readonly traveller: Traveller
  /** Empty where it is the fare and nothing else, or not what it should be: nobody knows how that came about. */
  readonly priceLines: readonly PriceLine[]
}

/** A price, and what is wrong with it. */
export type JudgedPrice = { readonly price: SalePrice; readonly finding: Finding | undefined }

/** Compares what was taken with what was offered: by the lease at the time of the sale, or where it was lent nothing now. */
export function judgePrice(
  one: BackedSale,
  ride: RidePlaces & Partial<Pick<RideForSale, 'fares' | 'terms'>>,
  seatClass: SeatClass | undefined,
  terms: TermsByVersion,
): JudgedPrice {
  const { sale, lent, entry } = one
  const { traveller } = sale
  const termsOf = ride.terms ? new Map([...terms, [ride.terms.version, ride.terms]]) : terms
  const offers =
    seatClass === undefined ? [] : lent ? offersAt(lent.ticket, entry.deviceTime) : offeredNow(ride, seatClass)
  const prices = offers.map((offer) => ({ offer, ...priceOfOffer(offer, seatClass!, ride, termsOf, traveller) }))
  const right = prices.find(({ price }) => equals(price, sale.price))
  if (right) {
    const { offer, lines } = right
    const priceLines = lines.length > 1 ? lines : []
    return { price: { termsVersion: offer.termsVersion, traveller, priceLines }, finding: undefined }
  }
  const [first] = prices
  const asked = `${sale.price.minor} ${sale.price.currency}`
  const tariff = first ? `${first.price.minor} ${first.price.currency}` : 'no fare'
  return {
    price: { termsVersion: first?.offer.termsVersion ?? 0n, traveller, priceLines: [] },
    finding: { reason: 'PRICE_DIFFERS', detail: `entry ${entry.sequence} took ${asked}, the tariff says ${tariff}` },
  }
}

function offeredNow({ fares, terms }: Partial<Pick<RideForSale, 'fares' | 'terms'>>, seatClass: SeatClass): Offer[] {
  const fareMinor = fares?.[seatClass]
  return fareMinor === undefined || !terms ? [] : [{ termsVersion: terms.version, fareMinor, levelCode: '' }]
}
