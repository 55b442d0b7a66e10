import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import { type Handler, sessionOf } from '#kit'
import type { Ctx } from '../context.ts'
import { setPublished } from '../store/feeds.ts'

export const setRealtimeFeed =
  (ctx: Ctx): Handler<typeof TrackingService.method.setRealtimeFeed> =>
  async ({ published }, call) => {
    const { tenantId = '' } = sessionOf(call)
    await ctx.db.transaction((tx) => setPublished(tx, tenantId, published))
    return {}
  }
