import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, type Tx } from '#kit'
import { VerificationResult, VerificationResultSchema } from '#gen/tms/qr/v1/ticket_pb.ts'
import { TicketBoardedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { BoardTicketRequest, TicketingService } from '#gen/tms/ticketing/v1/ticketing_service_pb.ts'
import { refuse } from '../errors.ts'
import type { Ctx } from '../context.ts'
import { boardIssued, type ManifestLine, readTicket } from '../store/boarding.ts'
import { manifestToProto } from '../wire/booking.ts'

/** Lets a passenger on: qr says whether the code is good, the ticket's own row says whether it was used. */
export const boardTicket =
  (ctx: Ctx): Handler<typeof TicketingService.method.boardTicket> =>
  async (req, call) => {
    const { code, tripId, stopSequence } = req
    const { result, payload } = await ctx.peers.qr.verifyTicket({ code, tripId, stopSequence })
    const ticketId = payload?.ticketId
    return ctx.db.once(call, req, async (tx) => {
      refuseUnless(result, ticketId)
      const line = await board(tx, ctx, req, ticketId)
      return { entry: manifestToProto(line), boardTime: line.boardTime && timestampFromDate(line.boardTime) }
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

async function board(tx: Tx, ctx: Ctx, req: BoardTicketRequest, ticketId: string): Promise<ManifestLine> {
  const { tripId, stopSequence, scanId, deviceId } = req
  const now = ctx.clock.now()
  const line = await boardIssued(tx, { ticketId, tripId, stopSequence, scanId, deviceId, now })
  if (!line) throw whyNot(await readTicket(tx, ticketId), req)
  await tx.publish(TicketBoardedSchema, ticketId, {
    tenantId: line.tenantId,
    ticketId,
    tripId,
    boardTime: timestampFromDate(now),
    deviceId,
    stopSequence,
  })
  tx.afterCommit(() => ctx.happened('ticket_boarded', { ticket_id: ticketId, trip_id: tripId }))
  return line
}

/** Why a ticket with a good code cannot board here and now. */
function whyNot(line: ManifestLine | undefined, req: BoardTicketRequest) {
  if (!line || line.tripId !== req.tripId) return refuse('WRONG_TRIP', 'this ticket is for another trip')
  if (line.state === 'BOARDED') {
    const time = line.boardTime?.toISOString() ?? ''
    return refuse('ALREADY_BOARDED', `somebody boarded with this ticket at ${time}`, { board_time: time })
  }
  if (line.state === 'VOID') return refuse('TICKET_VOID', 'this ticket was cancelled')
  return refuse('WRONG_LEG', 'this ticket is for another part of the trip', {
    from_sequence: String(line.fromSequence),
    to_sequence: String(line.toSequence),
  })
}
