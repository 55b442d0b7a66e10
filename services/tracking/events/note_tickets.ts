import { on } from '#kit'
import { TicketIssuedSchema, TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { noteTickets, noteVoided } from '../store/followers.ts'

/** Whoever holds a ticket may follow the bus. */
export const noteTicket = on(
  TicketIssuedSchema,
  (_ctx: Ctx, tx, { tenantId, tripId, userId, tickets }) =>
    noteTickets(tx, { tenantId, tripId, userId, ticketIds: tickets.map(({ ticketId }) => ticketId) }),
  { name: 'note-ticket' },
)

/** Whoever gave it back may not. */
export const dropTicket = on(TicketVoidedSchema, (_ctx: Ctx, tx, event) => noteVoided(tx, event), {
  name: 'drop-ticket',
})
