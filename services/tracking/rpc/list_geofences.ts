import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Ctx } from '../context.ts'
import { listGeofences as list } from '../store/geofences.ts'
import { geofenceToProto } from '../wire/geofences.ts'

const SIZES = { default: 100, max: 500 }

export const listGeofences =
  (ctx: Ctx): Handler<typeof SupervisionService.method.listGeofences> =>
  async (req) => {
    const page = pageOf(req, SIZES, isIdCursor)
    const fences = await ctx.db.transaction((tx) => list(tx, page))
    return {
      geofences: fences.map(geofenceToProto),
      nextPageToken: nextPageToken(fences, page.limit, ({ geofenceId }) => geofenceId),
    }
  }
