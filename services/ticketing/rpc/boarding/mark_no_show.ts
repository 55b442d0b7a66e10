import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { alreadyBoarded, ticketVoid } from '../../steps/board_rider.ts'
import { reachTicket } from '../../steps/crew.ts'
import { miss } from '../../steps/leave_stop.ts'
import { readTicket } from '../../store/boarding.ts'
import { lastLeft } from '../../store/departures.ts'
import { manifestToProto } from '../../wire/booking.ts'

/** One passenger has missed the bus, whether or not the company gives up the seats of all who do. */
export const markNoShow =
  (ctx: Ctx): Handler<typeof BoardingService.method.markNoShow> =>
  async ({ ticketId }, call) => {
    const session = sessionOf(call)
    return ctx.db.transaction(async (tx) => {
      const { tenantId, tripId, fromSequence } = await reachTicket(tx, session, ticketId)
      const sequence = await lastLeft(tx, tripId)
      if (sequence < fromSequence) {
        const stop = { stop_sequence: String(fromSequence) }
        throw refuse('STOP_NOT_LEFT', 'the bus has not left the stop of this passenger', stop)
      }
      await miss(tx, ctx, { tenantId, tripId, sequence, now: ctx.clock.now() }, ticketId)
      const line = (await readTicket(tx, ticketId))!
      if (line.state === 'BOARDED') throw alreadyBoarded(line)
      if (line.state !== 'NO_SHOW') throw ticketVoid()
      return { entry: manifestToProto(line, session) }
    })
  }
