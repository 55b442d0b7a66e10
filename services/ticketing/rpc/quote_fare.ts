import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, moneyToProto, sessionOf } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { askPrice } from '../steps/ask_price.ts'
import { asPainted, findRide, priceOf } from '../steps/find_ride.ts'
import { holdPrice } from '../steps/held_quote.ts'
import { quoteLineToProto } from '../wire/price.ts'
import { travellerFromProto } from '../wire/sales_terms.ts'

/** Tells what seats cost, and holds that price for some minutes; whether they are free is another question. */
export const quoteFare =
  (ctx: Ctx): Handler<typeof TicketingService.method.quoteFare> =>
  async (req, call) => {
    const labels = req.seatLabels.map(asPainted)
    const ride = await findRide(ctx, req, labels)
    const travellers = req.travellers.map(travellerFromProto)
    const { promotionCode } = req
    const quote = priceOf(
      ride,
      labels,
      await askPrice(ctx, ride, sessionOf(call), { labels, travellers, promotionCode }),
    )
    const { token, expireTime } = await holdPrice(ctx, ride, quote)
    return {
      lines: quote.lines.map(quoteLineToProto),
      total: moneyToProto(quote.total),
      quoteToken: token,
      quoteExpireTime: timestampFromDate(expireTime),
    }
  }
