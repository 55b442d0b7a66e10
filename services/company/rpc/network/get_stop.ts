import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { stopToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { requireStop } from '../required.ts'

/** Reads one stop. */
export const getStop =
  (ctx: Ctx): Handler<typeof NetworkService.method.getStop> =>
  async ({ stopId }, call) => {
    const stop = await ctx.db.transaction((tx) => requireStop(tx, tenantOf(call), stopId))
    return { stop: stopToProto(stop) }
  }
