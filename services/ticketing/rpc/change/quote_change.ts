import { type Handler, moneyToProto, sessionOf } from '#kit'
import type { BookingChangeService } from '#gen/tms/ticketing/v1/booking_change_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { quoteOf } from '../../steps/plan_change.ts'
import { quoteLineToProto } from '../../wire/price.ts'

/** Tells what a change costs at this moment. */
export const quoteChange =
  (ctx: Ctx): Handler<typeof BookingChangeService.method.quoteChange> =>
  async (req, call) => {
    const { terms, priced } = await quoteOf(ctx, sessionOf(call), req)
    return {
      quote: {
        credit: moneyToProto(terms.credit),
        newTotal: moneyToProto(terms.newTotal),
        fee: moneyToProto(terms.fee),
        amountDue: moneyToProto(terms.due),
        refund: moneyToProto(terms.refund),
        lines: priced.lines.map(quoteLineToProto),
      },
    }
  }
