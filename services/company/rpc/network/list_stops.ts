import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { listStops as readStops, type StopCursor } from '../../store/stops.ts'
import { stopToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists stops by name, or those that a text finds. */
export const listStops =
  (ctx: Ctx): Handler<typeof NetworkService.method.listStops> =>
  async (req, call) => {
    const page = pageFrom<StopCursor>(req, { name: 'text', stopId: 'uuid' })
    const rows = await ctx.db.transaction((tx) => readStops(tx, tenantOf(call), { ...page, query: req.query }))
    return {
      stops: rows.map(stopToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ name, stopId }) => ({ name, stopId })),
    }
  }
