import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { insertStop } from '../../store/stops.ts'
import { stopToProto } from '../../wire/network.ts'
import { insertAs, tenantOf } from '../common.ts'
import { stopFacts } from './stop_draft.ts'

/** Enters a stop. */
export const createStop =
  (ctx: Ctx): Handler<typeof NetworkService.method.createStop> =>
  async (req, call) =>
    ctx.db.once(call, req, async (tx) => {
      const now = ctx.clock.now()
      const facts = await stopFacts(tx, tenantOf(call), req)
      const stop = { ...facts, gtfsStopId: '', createTime: now, updateTime: now }
      await insertAs(req.stopId, () => insertStop(tx, stop))
      return { stop: stopToProto(stop) }
    })
