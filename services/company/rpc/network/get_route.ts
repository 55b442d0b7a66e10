import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { routeToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { requireRoute } from '../required.ts'

/** Reads one route with its patterns and segments. */
export const getRoute =
  (ctx: Ctx): Handler<typeof NetworkService.method.getRoute> =>
  async ({ routeId }, call) => {
    const route = await ctx.db.transaction((tx) => requireRoute(tx, tenantOf(call), routeId))
    return { route: routeToProto(route) }
  }
