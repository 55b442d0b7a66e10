import { type Handler, isConstraint, sessionOf } from '#kit'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { insertGeofence } from '../store/geofences.ts'
import { supervisorOf } from '../supervise/supervisor.ts'
import { changeFromProto, geofenceToProto } from '../wire/geofences.ts'

/** All of a company's fences are held in memory by who watches its buses. */
const MOST_GEOFENCES = 500

export const createGeofence =
  (ctx: Ctx): Handler<typeof SupervisionService.method.createGeofence> =>
  async (req, call) => {
    const made = ctx.db.once(call, req, async (tx) => {
      const tenantId = sessionOf(call).tenantId ?? ''
      const createTime = ctx.clock.now()
      const fence = { ...changeFromProto(req.settings, createTime), geofenceId: req.geofenceId, tenantId, createTime }
      const row = await insertGeofence(tx, fence, MOST_GEOFENCES)
      if (!row) {
        const limit = MOST_GEOFENCES.toString()
        throw refuse('GEOFENCE_LIMIT_REACHED', `a company has ${limit} geofences at most`, { limit })
      }
      tx.afterCommit(() => supervisorOf(ctx).forgetFences(tenantId))
      return { geofence: geofenceToProto(row) }
    })
    return made.catch((err: unknown) => {
      if (!isConstraint(err, 'geofence_pkey')) throw err
      throw refuse('GEOFENCE_EXISTS', 'a geofence with this id exists', { geofence_id: req.geofenceId })
    })
  }
