import type { ServiceImpl } from '@connectrpc/connect'
import type { SupervisionService } from '#gen/tms/tracking/v1/supervision_service_pb.ts'
import type { Ctx } from '../context.ts'
import { createGeofence } from './create_geofence.ts'
import { deleteGeofence } from './delete_geofence.ts'
import { listDriverScores } from './list_driver_scores.ts'
import { listGeofences } from './list_geofences.ts'
import { updateGeofence } from './update_geofence.ts'

export const supervisionRpcs = (ctx: Ctx): ServiceImpl<typeof SupervisionService> => ({
  createGeofence: createGeofence(ctx),
  updateGeofence: updateGeofence(ctx),
  deleteGeofence: deleteGeofence(ctx),
  listGeofences: listGeofences(ctx),
  listDriverScores: listDriverScores(ctx),
})
