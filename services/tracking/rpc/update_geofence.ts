import { type Handler, sessionOf } from '#kit'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { updateGeofence as update } from '../store/geofences.ts'
import { supervisorOf } from '../supervise/supervisor.ts'
import { changeFromProto, geofenceToProto } from '../wire/geofences.ts'

export const updateGeofence =
  (ctx: Ctx): Handler<typeof SupervisionService.method.updateGeofence> =>
  async ({ geofenceId, settings }, call) => {
    const change = changeFromProto(settings, ctx.clock.now())
    const changed = await ctx.db.transaction((tx) => update(tx, geofenceId, change))
    if (!changed) throw refuse('GEOFENCE_UNKNOWN', 'the company has no such geofence')
    supervisorOf(ctx).forgetFences(sessionOf(call).tenantId ?? '')
    return { geofence: geofenceToProto(changed) }
  }
