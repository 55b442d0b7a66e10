import type { Tx } from '#kit'
import { TicketVoidedSchema } from '#gen/tms/ticketing/v1/events_pb.ts'
import type { Ctx } from '../../context.ts'
import { type LeasesOf, type LetGo, revokeLeases, takeSeatsBack } from '../../store/pos/let_go.ts'

/** Ends the leases of a device or on a trip at once: everybody can buy their unsold seats, and their tickets are void. */
export async function endLeases(tx: Tx, ctx: Ctx, of: LeasesOf): Promise<void> {
  await tellUnsold(tx, await revokeLeases(tx, of, ctx.clock.now()))
}

/** Takes seats of a trip back that are needed, or are not in the bus any more. What else is lent stays lent. */
export async function takeLentBack(tx: Tx, ctx: Ctx, tripId: string, needed: readonly string[]): Promise<void> {
  await tellUnsold(tx, await takeSeatsBack(tx, tripId, needed, ctx.clock.now()))
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
