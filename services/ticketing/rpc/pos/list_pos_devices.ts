import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { PointOfSaleService } from '#gen/tms/ticketing/v1/point_of_sale_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listDevices } from '../../store/pos/devices.ts'
import { deviceToProto } from '../../wire/pos/devices.ts'

/** Lists the company's devices. */
export const listPosDevices =
  (ctx: Ctx): Handler<typeof PointOfSaleService.method.listPosDevices> =>
  async (req) => {
    const { limit, after } = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const devices = await ctx.db.transaction((tx) => listDevices(tx, limit, after))
    return {
      devices: devices.map(deviceToProto),
      nextPageToken: nextPageToken(devices, limit, ({ deviceId }) => deviceId),
    }
  }
