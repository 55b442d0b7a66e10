import { type Handler, isConstraint } from '#kit'
import type { QrService } from '#gen/tms/qr/v1/qr_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { revoke } from '../store/revocations.ts'
import { revocationToProto } from './to_proto.ts'

export const revokeTickets =
  (ctx: Ctx): Handler<typeof QrService.method.revokeTickets> =>
  async (req) => {
    const ticketIds = req.ticketIds.map((ticketId) => ticketId.toLowerCase())
    const rows = await ctx.db
      .transaction(
        (tx) => revoke(tx, req.tenantId, ticketIds, req.reason, ctx.clock.now()),
        { tenantId: req.tenantId }, // said by ticketing, which owns the tickets
      )
      .catch((err: unknown) => {
        if (!isConstraint(err, 'revocation_pkey')) throw err
        throw refuse('TICKET_CHANGED', 'one of these tickets was revoked as that of another company')
      })
    const byTicket = new Map(rows.map((row) => [row.ticketId, row]))
    const ordered = ticketIds.map((ticketId) => byTicket.get(ticketId)).filter((row) => row !== undefined)
    return { revocations: ordered.map(revocationToProto) }
  }
