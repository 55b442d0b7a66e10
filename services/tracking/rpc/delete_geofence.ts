import { type Handler, sessionOf } from '#kit'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Ctx } from '../context.ts'
import { deleteGeofence as remove } from '../store/geofences.ts'
import { supervisorOf } from '../supervise/supervisor.ts'

export const deleteGeofence =
  (ctx: Ctx): Handler<typeof SupervisionService.method.deleteGeofence> =>
  async ({ geofenceId }, call) => {
    await ctx.db.transaction((tx) => remove(tx, geofenceId))
    supervisorOf(ctx).forgetFences(sessionOf(call).tenantId ?? '')
    return {}
  }
