import { type Handler, sessionOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import { refuse } from '../../errors.ts'
import type { Ctx } from '../../context.ts'
import { tellUnsold } from '../../steps/pos/end_leases.ts'
import { asPainted } from '../../steps/find_ride.ts'
import { reachDevice } from '../../steps/pos/reach_device.ts'
import { showLease } from '../../steps/pos/show_lease.ts'
import { openSeats } from '../../store/pos/leased_seats.ts'
import { readLease } from '../../store/pos/leases.ts'
import { returnSeats as letGo } from '../../store/pos/let_go.ts'

/** Gives unsold seats of a lease back to everybody. */
export const returnSeats =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.returnSeats> =>
  async ({ leaseId, seatLabels }, call) => {
    const known = await ctx.db.transaction((tx) => readLease(tx, leaseId))
    if (!known) throw leaseUnknown(leaseId)
    await reachDevice(ctx, sessionOf(call), known.deviceId)
    return ctx.db.transaction(async (tx) => {
      const labels = seatLabels.length > 0 ? seatLabels.map(asPainted) : undefined
      await tellUnsold(tx, await letGo(tx, leaseId, labels, ctx.clock.now()))
      const lease = (await readLease(tx, leaseId)) ?? known
      const seats = await openSeats(tx, [leaseId])
      return { lease: await showLease(tx, lease, seats) }
    })
  }

function leaseUnknown(leaseId: string) {
  return refuse('LEASE_UNKNOWN', 'there is no such lease', { lease_id: leaseId })
}
