import { type Handler, nextPageToken, sessionOf } from '#kit'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { aKey, anId, cursorPage } from '../steps/cursors.ts'
import { listManifest, tripExists } from '../store/boarding.ts'
import { manifestToProto } from '../wire/booking.ts'

/** Lists the passengers of one of the company's own trips. */
export const listTripTickets =
  (ctx: Ctx): Handler<typeof TicketingService.method.listTripTickets> =>
  async (req, call) => {
    const page = cursorPage(req, { default: 100, max: 200 }, { seatLabel: aKey, ticketId: anId })
    const lines = await ctx.db.transaction(async (tx) => {
      if (!(await tripExists(tx, req.tripId))) throw refuse('TRIP_UNKNOWN', 'no such trip', { trip_id: req.tripId })
      return listManifest(tx, req.tripId, page)
    })
    return {
      entries: lines.map((line) => manifestToProto(line, sessionOf(call))),
      nextPageToken: nextPageToken(lines, page.limit, ({ seatLabel, ticketId }) => ({ seatLabel, ticketId })),
    }
  }
