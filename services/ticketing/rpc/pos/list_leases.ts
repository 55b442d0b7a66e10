import { type Handler, sessionOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachDevice } from '../../steps/pos/reach_device.ts'
import { showLease } from '../../steps/pos/show_lease.ts'
import { openSeats } from '../../store/pos/leased_seats.ts'
import { leasesOf } from '../../store/pos/leases.ts'

const MOST = 100

/** Lists the active leases of a device, with what it may still sell. */
export const listLeases =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.listLeases> =>
  async ({ deviceId }, call) => {
    await reachDevice(ctx, sessionOf(call), deviceId)
    const leases = await ctx.db.transaction(async (tx) => {
      const active = await leasesOf(tx, deviceId, MOST)
      const open = Map.groupBy(
        await openSeats(
          tx,
          active.map(({ leaseId }) => leaseId),
        ),
        ({ leaseId }) => leaseId,
      )
      const shown = []
      for (const lease of active) {
        const seats = open.get(lease.leaseId) ?? []
        shown.push(await showLease(tx, lease, seats))
      }
      return shown
    })
    return { leases }
  }
