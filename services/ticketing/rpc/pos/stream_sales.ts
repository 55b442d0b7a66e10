import { type Handler, sessionOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { reachDevice } from '../../steps/pos/reach_device.ts'
import { takeOver } from '../../steps/pos/take_over.ts'
import { batchToProto } from '../../wire/pos/batches.ts'

/** Takes batches over, one after the other, each for itself: a cut loses no answer that was not asked for again. */
export const streamSales = (ctx: Ctx): Handler<typeof PointOfSaleService.method.streamSales> =>
  async function* (batches, call) {
    const session = sessionOf(call)
    for await (const { deviceId, entries } of batches) {
      // Each time anew: the device may have been revoked since the batch before.
      const device = await reachDevice(ctx, session, deviceId)
      yield { batch: batchToProto(await takeOver(ctx, device, entries), ctx.clock.now()) }
    }
  }
