import type { Tx } from '#kit'
import { TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import { type LeasesOf, type LetGo, revokeLeases } from '../../store/pos/leases.ts'

/** Ends the leases of a device or on a trip at once: everybody can buy their unsold seats, and their tickets are void. */
export async function endLeases(tx: Tx, ctx: Ctx, of: LeasesOf): Promise<void> {
  await tellUnsold(tx, await revokeLeases(tx, of, ctx.clock.now()))
}

/** Tells scanners that tickets which were signed beforehand are void: nobody was sold them. */
export function tellUnsold(tx: Tx, letGo: readonly LetGo[]): Promise<void> {
  return tx.publishAll(
    TicketVoidedSchema,
    letGo.flatMap(({ tenantId, tripId, ticketIds }) =>
      ticketIds.map((ticketId) => ({ key: ticketId, message: { tenantId, ticketId, tripId, reason: 'not_sold' } })),
    ),
  )
}
