import { type Handler, sessionOf, type Tx } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { renewOffers } from '../../steps/pos/offers.ts'
import { leaseTimes } from '../../steps/pos/plan_lease.ts'
import { assertActive, reachDevice } from '../../steps/pos/reach_device.ts'
import { showLease } from '../../steps/pos/show_lease.ts'
import { lockLevels } from '../../store/leg_loads.ts'
import { lockDevice } from '../../store/pos/devices.ts'
import { openSeats } from '../../store/pos/leased_seats.ts'
import { extendLeases, type Lease, leasesOf } from '../../store/pos/leases.ts'

/** As many as a device may name at once. */
const MOST = 100

/** Makes leases of a device last longer, and prices their unsold seats as if they were leased now. */
export const renewLeases =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.renewLeases> =>
  async ({ deviceId, leaseIds }, call) => {
    assertActive(await reachDevice(ctx, sessionOf(call), deviceId))
    const leases = await ctx.db.transaction(async (tx) => {
      // One renewal after the other: each keeps what the one before has offered.
      await lockDevice(tx, deviceId)
      const before = new Map((await leasesOf(tx, deviceId, MOST)).map((lease) => [lease.leaseId, lease]))
      const lasting = await extendLeases(tx, deviceId, leaseIds.length > 0 ? leaseIds : undefined, leaseTimes(ctx))
      // In one order for everybody: sales at levels of these trips wait.
      for (const tripId of new Set(lasting.map((lease) => lease.tripId).sort())) await lockLevels(tx, tripId)
      const shown = []
      for (const lease of lasting) shown.push(await renewed(tx, ctx, lease, before.get(lease.leaseId) ?? lease))
      return shown
    })
    return { leases }
  }

async function renewed(tx: Tx, ctx: Ctx, lease: Lease, before: Lease) {
  const offered = await renewOffers(tx, before, await openSeats(tx, [lease.leaseId]), ctx.clock.now())
  const uncoded = offered.map((seat) => ({ ...seat, tickets: seat.tickets.map((one) => ({ ...one, code: '' })) }))
  return showLease(tx, lease, uncoded)
}
