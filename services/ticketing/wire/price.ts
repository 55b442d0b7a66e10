import type { MessageInitShape } from '@bufbuild/protobuf'
import { moneyToProto } from '#kit'
import { type PriceLineSchema, PriceLine_Kind as Kind } from '#gen/tms/ticketing/v1/price_pb.ts'
import type { QuoteLineSchema } from '#gen/tms/ticketing/v1/trip_offer_pb.ts'
import type { PriceLine } from '../domain/pricing.ts'
import type { QuoteLine } from '../domain/ride.ts'
import { classToProto } from './classes.ts'

/** A line of a breakdown on the wire. */
export function priceLineToProto({ kind, code, name, amount }: PriceLine): MessageInitShape<typeof PriceLineSchema> {
  return { kind: Kind[kind], code, name, amount: moneyToProto(amount) }
}

/** What one seat costs, on the wire. */
export function quoteLineToProto({ seat, price, priceLines }: QuoteLine): MessageInitShape<typeof QuoteLineSchema> {
  return {
    seatLabel: seat.label,
    seatClass: classToProto(seat.seatClass),
    price: moneyToProto(price),
    priceLines: priceLines.map(priceLineToProto),
  }
}
