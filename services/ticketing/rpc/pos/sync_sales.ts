import { type Handler, sessionOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachDevice } from '../../steps/pos/reach_device.ts'
import { takeOver } from '../../steps/pos/take_over.ts'
import { batchToProto } from '../../wire/pos/batches.ts'

/**
 * Takes a batch of a device's journal over.
 *
 * An entry is its own key: its number and hash say whether it was taken over before, so that no answer need be stored.
 */
export const syncSales =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.syncSales> =>
  async ({ deviceId, entries }, call) => {
    const device = await reachDevice(ctx, sessionOf(call), deviceId)
    return batchToProto(await takeOver(ctx, device, entries), ctx.clock.now())
  }
