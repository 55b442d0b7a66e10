import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import { announceTouched } from '../../announce.ts'
import type { Ctx } from '../../context.ts'
import { updateStop as writeStop } from '../../store/stops.ts'
import { stopToProto } from '../../wire/network.ts'
import { tenantOf } from '../common.ts'
import { requireStop } from '../required.ts'
import { stopFacts } from './stop_draft.ts'

/** Writes what is now true of a stop, and tells the sellers of the trips that call there. */
export const updateStop =
  (ctx: Ctx): Handler<typeof NetworkService.method.updateStop> =>
  async (req, call) => {
    const tenantId = tenantOf(call)
    return ctx.db.transaction(async (tx) => {
      await requireStop(tx, tenantId, req.stopId)
      const facts = await stopFacts(tx, tenantId, req)
      const stop = await writeStop(tx, { ...facts, updateTime: ctx.clock.now() })
      await announceTouched(ctx, tx, tenantId, { stopIds: [req.stopId] })
      return { stop: stopToProto(stop) }
    })
  }
