import { type Handler, sessionOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { leaseTimes } from '../../steps/pos/plan_lease.ts'
import { assertActive, reachDevice } from '../../steps/pos/reach_device.ts'
import { ridesOfLease } from '../../steps/pos/show_lease.ts'
import { extendLeases } from '../../store/pos/leases.ts'
import { leaseToProto } from '../../wire/pos/leases.ts'

/** Makes leases of a device last longer. */
export const renewLeases =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.renewLeases> =>
  async ({ deviceId, leaseIds }, call) => {
    assertActive(await reachDevice(ctx, sessionOf(call), deviceId))
    const leases = await ctx.db.transaction(async (tx) => {
      const lasting = await extendLeases(tx, deviceId, leaseIds.length > 0 ? leaseIds : undefined, leaseTimes(ctx))
      const shown = []
      for (const lease of lasting) shown.push(leaseToProto(lease, [], await ridesOfLease(tx, lease, [])))
      return shown
    })
    return { leases }
  }
