import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, nextPageToken } from '#kit'
import type { Ctx } from '../../context.ts'
import { listRoutes as readRoutes, type RouteCursor } from '../../store/routes.ts'
import { given } from '../../wire/names.ts'
import { routeToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { pageFrom } from '../paging.ts'

/** Lists routes by number and name. */
export const listRoutes =
  (ctx: Ctx): Handler<typeof NetworkService.method.listRoutes> =>
  async (req, call) => {
    const page = pageFrom<RouteCursor>(req, { shortName: 'text', name: 'text', routeId: 'uuid' })
    const filter = { ...page, query: req.query, stopId: given(req.stopId) }
    const rows = await ctx.db.transaction((tx) => readRoutes(tx, tenantOf(call), filter))
    return {
      routes: rows.map(routeToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ shortName, name, routeId }) => ({ shortName, name, routeId })),
    }
  }
