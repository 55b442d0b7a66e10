import type { ServiceImpl } from '@connectrpc/connect'
import type { FeedService } from '#gen/tms/tracking/v1/feed_service_pb.ts'
import type { Ctx } from '../context.ts'
import { createAlert } from './create_alert.ts'
import { endAlert } from './end_alert.ts'
import { getVehicleFeed } from './get_vehicle_feed.ts'
import { listAlerts } from './list_alerts.ts'
import { setVehicleFeed } from './set_vehicle_feed.ts'

export const feedRpcs = (ctx: Ctx): ServiceImpl<typeof FeedService> => ({
  createAlert: createAlert(ctx),
  endAlert: endAlert(ctx),
  listAlerts: listAlerts(ctx),
  setVehicleFeed: setVehicleFeed(ctx),
  getVehicleFeed: getVehicleFeed(ctx),
})
