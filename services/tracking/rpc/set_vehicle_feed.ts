import { type Handler, sessionOf } from '#kit'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { Ctx } from '../context.ts'
import { dropVehicleFeed, setVehicleFeed as set, vehicleFeedOf } from '../store/vehicle_feeds.ts'
import { vehicleFeedToProto } from '../wire/vehicle_feeds.ts'

export const setVehicleFeed =
  (ctx: Ctx): Handler<typeof FeedService.method.setVehicleFeed> =>
  async ({ url }, call) => {
    const { tenantId = '' } = sessionOf(call)
    const row = await ctx.db.transaction(async (tx) => {
      if (url === '') await dropVehicleFeed(tx, tenantId)
      else await set(tx, tenantId, url)
      return vehicleFeedOf(tx, tenantId)
    })
    return { vehicleFeed: vehicleFeedToProto(row) }
  }
