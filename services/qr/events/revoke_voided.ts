import { on } from '#kit'
import { TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { revoke } from '../store/revocations.ts'

/** A ticket that was cancelled, refunded or replaced no longer verifies. */
export const revokeVoided = on(
  TicketVoidedSchema,
  async (ctx: Ctx, tx, { tenantId, ticketId, reason }) => {
    await revoke(tx, tenantId, [ticketId], reason, ctx.clock.now())
  },
  { name: 'revoke-voided' },
)
