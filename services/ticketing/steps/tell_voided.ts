import type { Tx } from '#kit'
import { TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Booking } from '../domain/booking.ts'

/** Tells that the tickets which a booking had until now do not count any more. */
export async function tellVoided(tx: Tx, booking: Booking, reason: string): Promise<void> {
  const { tenantId, tripId } = booking
  const counting = booking.passengers.flatMap(({ ticket }) => (ticket && ticket.state !== 'VOID' ? [ticket] : []))
  await tx.publishAll(
    TicketVoidedSchema,
    counting.map(({ ticketId }) => ({ key: ticketId, message: { tenantId, ticketId, tripId, reason } })),
  )
}
