import { type Handler, sessionOf } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachTicket } from '../../steps/crew.ts'
import { writeNote } from '../../store/manifest.ts'

/** Writes down what the crew should know about a passenger. */
export const setPassengerNote =
  (ctx: Ctx): Handler<typeof BoardingService.method.setPassengerNote> =>
  async ({ ticketId, note: written }, call) => {
    const session = sessionOf(call)
    const note = written.trim()
    await ctx.db.transaction(async (tx) => {
      const rider = await reachTicket(tx, session, ticketId)
      await writeNote(tx, rider, note, { userId: session.userId, now: ctx.clock.now() })
    })
    return { note }
  }
