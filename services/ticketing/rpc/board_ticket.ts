import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import { VerificationResult, VerificationResultSchema } from '#gen/tms/qr/v1/ticket_pb.ts'
import type { TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { boardLent } from '../steps/board_lent.ts'
import { boardRider } from '../steps/board_rider.ts'
import { readTicket } from '../store/boarding.ts'
import { manifestToProto } from '../wire/booking.ts'

/** Lets a passenger on: qr says whether the code is good, the ticket's own row says whether it was used. */
export const boardTicket =
  (ctx: Ctx): Handler<typeof TicketingService.method.boardTicket> =>
  async (req, call) => {
    const { code, tripId, stopSequence, scanId, deviceId } = req
    const { result, payload } = await ctx.peers.qr.verifyTicket({ code, tripId, stopSequence })
    const ticketId = payload?.ticketId
    return ctx.db.once(call, req, async (tx) => {
      refuseUnless(result, ticketId)
      const now = ctx.clock.now()
      if (payload && !(await readTicket(tx, ticketId))) {
        const { tenantId = '', userId } = sessionOf(call)
        const scan = { ticketId, tripId, stopSequence, scanId, code, deviceTime: now }
        const lent = await boardLent(tx, ctx, { tenantId, userId, deviceId, now }, scan, payload)
        if (lent) return lent
      }
      const line = await boardRider(tx, ctx, { ticketId, tripId, stopSequence, scanId, deviceId, now })
      return {
        entry: manifestToProto(line, sessionOf(call)),
        boardTime: line.boardTime && timestampFromDate(line.boardTime),
      }
    })
  }

/**
 * Refuses what qr does not find good. That somebody boarded already is left to our own row: qr hears of it later, and the same
 * scan may come again.
 */
function refuseUnless(result: VerificationResult, ticketId: string | undefined): asserts ticketId is string {
  const good = result === VerificationResult.VALID || result === VerificationResult.ALREADY_BOARDED
  if (good && ticketId !== undefined) return
  switch (result) {
    case VerificationResult.REVOKED:
      throw refuse('TICKET_VOID', 'this ticket was cancelled')
    case VerificationResult.WRONG_TRIP:
      throw refuse('WRONG_TRIP', 'this ticket is for another trip')
    case VerificationResult.WRONG_LEG:
      throw refuse('WRONG_LEG', 'this ticket is for another part of the trip')
    case VerificationResult.EXPIRED:
      throw refuse('TICKET_EXPIRED', "this ticket's time is over")
    default: {
      const name = VerificationResultSchema.value[result]?.localName ?? 'UNSPECIFIED'
      throw refuse('TICKET_FORGED', 'this is no ticket of ours', { result: name })
    }
  }
}
