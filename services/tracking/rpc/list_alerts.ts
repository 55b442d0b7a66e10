import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { Ctx } from '../context.ts'
import { listAlerts as list } from '../store/alerts.ts'
import { alertToProto } from '../wire/alerts.ts'

const SIZES = { default: 50, max: 200 }

export const listAlerts =
  (ctx: Ctx): Handler<typeof FeedService.method.listAlerts> =>
  async (req) => {
    const page = pageOf(req, SIZES, isIdCursor)
    const overBefore = req.currentOnly ? ctx.clock.now() : undefined
    const alerts = await ctx.db.transaction((tx) => list(tx, page, overBefore))
    return {
      alerts: alerts.map(alertToProto),
      nextPageToken: nextPageToken(alerts, page.limit, ({ alertId }) => alertId),
    }
  }
