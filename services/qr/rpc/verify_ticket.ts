import { sessionOf, type Handler, type Session } from '#kit'
import type { QrService, VerifyTicketRequest } from '#gen/tms/qr/v1/qr_service_pb.ts'
import { VerificationResult, type TicketPayload } from '#gen/tms/qr/v1/ticket_pb.ts'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { decodeClaims, payloadOf } from '../code/claims.ts'
import { decodeCode } from '../code/ticket_code.ts'
import type { Ctx } from '../context.ts'
import { judge } from '../domain/judgement.ts'
import { keyringOf } from '../keys/keyring.ts'
import { isAuthentic } from '../keys/signing.ts'
import { historyOf, type TicketHistoryRow } from '../store/tickets.ts'

export const verifyTicket =
  (ctx: Ctx): Handler<typeof QrService.method.verifyTicket> =>
  async (req, call) => {
    const code = decodeCode(req.code)
    if (!code) return { result: VerificationResult.MALFORMED }
    const key = await keyringOf(ctx).macKey(code.macKeyId)
    if (!key) return { result: VerificationResult.UNKNOWN_KEY }
    if (!isAuthentic(code, key)) return { result: VerificationResult.TAMPERED }

    const ticket = payloadOf(decodeClaims(code.payload))
    const history = await ctx.db.transaction((tx) => historyOf(tx, ticket.ticketId))
    return answer(ticket, history, req, sessionOf(call), ctx.clock.now())
  }

function answer(
  ticket: TicketPayload,
  history: TicketHistoryRow,
  { tripId, stopSequence }: VerifyTicketRequest,
  session: Session,
  now: Date,
) {
  const { tenantId = '' } = session
  const result = judge(
    { ...ticket, expireTime: instantOf(ticket.expireTime) },
    { tenantId, tripId: tripId.toLowerCase(), stopSequence, now },
    { isRevoked: history.revokeReason !== null, isBoarded: history.boardTime !== null },
  )
  return {
    result: VerificationResult[result],
    // Another company's passengers are none of this driver's business.
    payload: ticket.tenantId === tenantId ? ticket : undefined,
    boardTime: history.boardTime ? timestampFromDate(history.boardTime) : undefined,
    revokeReason: history.revokeReason ?? '',
  }
}

/** A signed ticket always has its instants; one without would count as expired. */
const instantOf = (time: TicketPayload['expireTime']) => (time ? timestampDate(time) : new Date(0))
