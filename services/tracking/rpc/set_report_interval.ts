import { type Handler, sessionOf } from '#kit'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { ingestOf } from '../ingest/ingest.ts'
import { knownBus } from '../steps/known_bus.ts'
import { setReportInterval as store } from '../store/instructions.ts'

export const setReportInterval =
  (ctx: Ctx): Handler<typeof TrackingService.method.setReportInterval> =>
  async ({ busId, reportInterval }, call) => {
    const tenantId = sessionOf(call).tenantId ?? ''
    await knownBus(ctx, busId)
    await ctx.db.transaction((tx) => store(tx, tenantId, busId, Number(reportInterval?.seconds ?? 0n)))
    await ingestOf(ctx).announce()
    return {}
  }
