import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { TicketReinstatedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import type { ManifestLine } from '../store/boarding.ts'
import { giveSeatAgain } from '../store/no_shows.ts'

/**
 * Gives a passenger who missed the bus the seat again, from a call on, and tells everybody.
 *
 * @returns false when somebody else has it there, or nothing of the ride is left
 */
export async function reinstate(tx: Tx, ctx: Ctx, line: ManifestLine, from: number): Promise<boolean> {
  const { tenantId, ticketId, tripId } = line
  const now = ctx.clock.now()
  if (!(await giveSeatAgain(tx, { ticketId, from, claimId: ctx.newId(), now }))) return false
  const reinstateTime = timestampFromDate(now)
  await tx.publish(TicketReinstatedSchema, ticketId, { tenantId, ticketId, tripId, reinstateTime })
  tx.afterCommit(() => ctx.happened('passenger_reinstated', { ticket_id: ticketId, trip_id: tripId }))
  return true
}
