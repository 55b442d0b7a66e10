import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { ticketVoid } from '../../steps/board_rider.ts'
import { reachTicket } from '../../steps/crew.ts'
import { reinstate } from '../../steps/reinstate.ts'
import { readTicket } from '../../store/boarding.ts'
import { lastLeft } from '../../store/departures.ts'
import { readSheet } from '../../store/manifest.ts'
import { manifestToProto } from '../../wire/booking.ts'

/** A passenger who missed the bus has come after all, and has the seat again while nobody else has. */
export const reinstatePassenger =
  (ctx: Ctx): Handler<typeof BoardingService.method.reinstatePassenger> =>
  async ({ ticketId }, call) => {
    const session = sessionOf(call)
    return ctx.db.transaction(async (tx) => {
      const line = await reachTicket(tx, session, ticketId)
      const state = (await readSheet(tx, line.tripId))?.state
      if (state === 'ARRIVED' || state === 'CANCELLED') throw refuse('TRIP_OVER', 'the trip is over', { state })
      // The bus is between the last stop that it left and the next.
      const given = await reinstate(tx, ctx, line, await lastLeft(tx, line.tripId))
      const after = (await readTicket(tx, ticketId))!
      if (after.state === 'VOID') throw ticketVoid()
      if (!given && after.state === 'NO_SHOW') {
        throw refuse('SEAT_TAKEN', `seat ${line.seatLabel} is taken by now`, { seat: line.seatLabel })
      }
      return { entry: manifestToProto(after, session) }
    })
  }
