import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { listDeviceKeys as list } from '../store/device_keys.ts'
import { deviceKeyToProto } from '../wire/device_keys.ts'

const SIZES = { default: 50, max: 200 }

export const listDeviceKeys =
  (ctx: Ctx): Handler<typeof TrackingService.method.listDeviceKeys> =>
  async (req) => {
    const page = pageOf(req, SIZES, isIdCursor)
    const keys = await ctx.db.transaction((tx) => list(tx, page))
    return {
      deviceKeys: keys.map(deviceKeyToProto),
      nextPageToken: nextPageToken(keys, page.limit, ({ deviceKeyId }) => deviceKeyId),
    }
  }
