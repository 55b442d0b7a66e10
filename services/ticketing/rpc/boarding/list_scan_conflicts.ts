import { type Handler, nextPageToken } from '#kit'
import type { BoardingService } from '#gen/tms/ticketing/v1/boarding_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { anId, anInstant, cursorPage } from '../../steps/cursors.ts'
import { listConflicts } from '../../store/scans.ts'
import { conflictToProto } from '../../wire/scan.ts'

/** Lists what scans without a network have shown to be wrong. */
export const listScanConflicts =
  (ctx: Ctx): Handler<typeof BoardingService.method.listScanConflicts> =>
  async (req) => {
    const page = cursorPage(req, { default: 50, max: 200 }, { findTime: anInstant, conflictId: anId })
    const query = { ...page, tripId: req.tripId === '' ? undefined : req.tripId }
    const conflicts = await ctx.db.transaction((tx) => listConflicts(tx, query))
    const nextToken = nextPageToken(conflicts, page.limit, ({ findTime, conflictId }) => ({
      findTime: findTime.toISOString(),
      conflictId,
    }))
    return { conflicts: conflicts.map(conflictToProto), nextPageToken: nextToken }
  }
