import type { FormerOffer, Offer } from '../../domain/pos/offer.ts'
import type { LeasedTicket } from '../../domain/pos/plan_sale.ts'
import { instant, iso } from '../query.ts'

/** An offer in JSON, which has no integers as large as money. */
type OfferJson = { terms_version: string; fare_minor: string; level: string }

/** A leased ticket as it is kept. One from before prices followed the company's terms has the fare alone. */
export type TicketJson = { ticket_id: string; to_sequence: number; code: string } & (
  (OfferJson & { former: (OfferJson & { until: string })[] }) | { price_minor: string }
)

export function ticketToJson({ ticketId, toSequence, code, offer, former }: LeasedTicket): TicketJson {
  return {
    ...{ ticket_id: ticketId, to_sequence: toSequence, code },
    ...offerToJson(offer),
    former: former.map((one) => ({ ...offerToJson(one), until: iso(one.until) })),
  }
}

export function ticketFromJson(json: TicketJson): LeasedTicket {
  const ticket = { ticketId: json.ticket_id, toSequence: json.to_sequence, code: json.code }
  if ('price_minor' in json) {
    return { ...ticket, offer: { termsVersion: 0n, fareMinor: BigInt(json.price_minor), levelCode: '' }, former: [] }
  }
  const former = json.former.map((one): FormerOffer => ({ ...offerFromJson(one), until: instant(one.until) }))
  return { ...ticket, offer: offerFromJson(json), former }
}

function offerToJson({ termsVersion, fareMinor, levelCode }: Offer): OfferJson {
  return { terms_version: String(termsVersion), fare_minor: String(fareMinor), level: levelCode }
}

function offerFromJson(json: OfferJson): Offer {
  return { termsVersion: BigInt(json.terms_version), fareMinor: BigInt(json.fare_minor), levelCode: json.level }
}
