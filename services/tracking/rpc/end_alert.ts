import type { Handler } from '#kit'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { endAlert as end } from '../store/alerts.ts'
import { alertToProto } from '../wire/alerts.ts'

export const endAlert =
  (ctx: Ctx): Handler<typeof FeedService.method.endAlert> =>
  async ({ alertId }) => {
    const row = await ctx.db.transaction((tx) => end(tx, alertId, ctx.clock.now()))
    if (!row) throw refuse('ALERT_UNKNOWN', 'the company has no such alert')
    return { alert: alertToProto(row) }
  }
