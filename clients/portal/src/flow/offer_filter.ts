import { type Money, SeatClass, type TripOffer } from '@tms/sdk/passenger'

/** What is left out of the list. */
export type Filter = {
  readonly company: string
  readonly seatClass: number
  readonly time: DayPart | ''
  /** The most that a seat may cost, in whole units of the currency of the offers; empty for any. */
  readonly upTo: string
}

export type DayPart = 'morning' | 'afternoon' | 'evening'

export const DAY_PARTS: readonly DayPart[] = ['morning', 'afternoon', 'evening']
const NOON_SECONDS = 12 * 3_600
const EVENING_SECONDS = 17 * 3_600

export const noFilter: Filter = { company: '', seatClass: SeatClass.UNSPECIFIED, time: '', upTo: '' }

/** Whether an offer is shown: one free seat must be of the class and at the price. */
export function fitting({ company, seatClass, time, upTo }: Filter, offer: TripOffer): boolean {
  if (company !== '' && offer.tenantId !== company) return false
  if (time !== '' && partOf(offer) !== time) return false
  if (seatClass === SeatClass.UNSPECIFIED && upTo === '') return true
  return offer.classes.some(
    (one) =>
      one.freeSeats > 0 &&
      (seatClass === SeatClass.UNSPECIFIED || one.seatClass === (seatClass as SeatClass)) &&
      (upTo === '' || (one.price !== undefined && one.price.units <= BigInt(upTo))),
  )
}

/** The prices that free seats of some offers have, the lowest first; without the highest, which leaves nothing out. */
export function limitsOf(offers: readonly TripOffer[]): Money[] {
  const prices = offers.flatMap(({ classes }) =>
    classes.flatMap((one) => (one.price && one.freeSeats > 0 ? [one.price] : [])),
  )
  const byUnits = new Map(prices.map((price) => [price.units, price]))
  return [...byUnits.values()].toSorted((a, b) => Number(a.units - b.units)).slice(0, -1)
}

function partOf({ origin }: TripOffer): DayPart {
  const seconds = origin?.timeSeconds ?? 0
  if (seconds < NOON_SECONDS) return 'morning'
  return seconds < EVENING_SECONDS ? 'afternoon' : 'evening'
}
