import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { insertPatterns, insertRoute } from '../../store/routes.ts'
import { routeToProto } from '../../wire/network.ts'
import { insertAs, tenantOf } from '../common.ts'
import { requireRoute } from '../required.ts'
import { patternDrafts, routeFacts } from './route_draft.ts'

/** Enters a route with its patterns. */
export const createRoute =
  (ctx: Ctx): Handler<typeof NetworkService.method.createRoute> =>
  async (req, call) => {
    const [tenantId, now] = [tenantOf(call), ctx.clock.now()]
    return ctx.db.once(call, req, async (tx) => {
      const drafts = await patternDrafts(tx, tenantId, req.routeId, req.patterns)
      const route = { ...routeFacts(tenantId, req), gtfsRouteId: '', createTime: now, updateTime: now }
      await insertAs(req.routeId, () => insertRoute(tx, route))
      await insertAs(req.routeId, () => insertPatterns(tx, drafts))
      return { route: routeToProto(await requireRoute(tx, tenantId, req.routeId)) }
    })
  }
