import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, nextPageToken, pageOf } from '#kit'
import type { Ctx } from '../../context.ts'
import { listStops as readStops, type StopCursor } from '../../store/stops.ts'
import { stopToProto } from '../../wire/network.ts'
import { pageBounds, tenantOf } from '../common.ts'

/** Lists stops by name, or those that a text finds. */
export const listStops =
  (ctx: Ctx): Handler<typeof NetworkService.method.listStops> =>
  async (req, call) => {
    const page = pageOf<StopCursor>(req, pageBounds)
    const rows = await ctx.db.transaction((tx) => readStops(tx, tenantOf(call), { ...page, query: req.query }))
    return {
      stops: rows.map(stopToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ name, stopId }) => ({ name, stopId })),
    }
  }
