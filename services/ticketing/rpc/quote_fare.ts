import { type Handler, moneyToProto } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import type { Ctx } from '../context.ts'
import { asPainted, findRide, priceOf } from '../steps/find_ride.ts'
import { classToProto } from '../wire/classes.ts'

/** Tells what seats cost; whether they are free is another question. */
export const quoteFare =
  (ctx: Ctx): Handler<typeof TicketingService.method.quoteFare> =>
  async (req) => {
    const labels = req.seatLabels.map(asPainted)
    const ride = await findRide(ctx, req, labels)
    const { lines, total } = priceOf(ride, labels)
    return {
      lines: lines.map(({ seat, price }) => ({
        seatLabel: seat.label,
        seatClass: classToProto(seat.seatClass),
        price: moneyToProto(price),
      })),
      total: moneyToProto(total),
    }
  }
