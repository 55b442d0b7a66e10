import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import { type Handler, nextPageToken, pageOf } from '#kit'
import type { Ctx } from '../../context.ts'
import { listRoutes as readRoutes, type RouteCursor } from '../../store/routes.ts'
import { given } from '../../wire/names.ts'
import { routeToProto } from '../../wire/network.ts'
import { pageBounds, tenantOf } from '../common.ts'

/** Lists routes by number and name. */
export const listRoutes =
  (ctx: Ctx): Handler<typeof NetworkService.method.listRoutes> =>
  async (req, call) => {
    const page = pageOf<RouteCursor>(req, pageBounds)
    const filter = { ...page, query: req.query, stopId: given(req.stopId) }
    const rows = await ctx.db.transaction((tx) => readRoutes(tx, tenantOf(call), filter))
    return {
      routes: rows.map(routeToProto),
      nextPageToken: nextPageToken(rows, page.limit, ({ shortName, name, routeId }) => ({ shortName, name, routeId })),
    }
  }
