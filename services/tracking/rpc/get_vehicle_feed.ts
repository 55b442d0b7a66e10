import { type Handler, sessionOf } from '#kit'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { Ctx } from '../context.ts'
import { vehicleFeedOf } from '../store/vehicle_feeds.ts'
import { vehicleFeedToProto } from '../wire/vehicle_feeds.ts'

export const getVehicleFeed =
  (ctx: Ctx): Handler<typeof FeedService.method.getVehicleFeed> =>
  async (_, call) => {
    const { tenantId = '' } = sessionOf(call)
    return { vehicleFeed: vehicleFeedToProto(await ctx.db.transaction((tx) => vehicleFeedOf(tx, tenantId))) }
  }
