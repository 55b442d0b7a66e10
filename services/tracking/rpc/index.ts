import type { ServiceImpl } from '@connectrpc/connect'
import type { TrackingService } from '#gen/tms/tracking/v1/tracking_service_pb.ts'
import type { Ctx } from '../context.ts'
import { createDeviceKey } from './create_device_key.ts'
import { exportPositions } from './export_positions.ts'
import { getLiveEndpoint } from './get_live_endpoint.ts'
import { getRealtimeFeed } from './get_realtime_feed.ts'
import { getTripArrivals } from './get_trip_arrivals.ts'
import { getTripWay } from './get_trip_way.ts'
import { listBusLocations } from './list_bus_locations.ts'
import { listDeviceKeys } from './list_device_keys.ts'
import { listDriverMessages } from './list_driver_messages.ts'
import { listPositions } from './list_positions.ts'
import { replayPositions } from './replay_positions.ts'
import { reportPositions } from './report_positions.ts'
import { revokeDeviceKey } from './revoke_device_key.ts'
import { sendDriverMessage } from './send_driver_message.ts'
import { setRealtimeFeed } from './set_realtime_feed.ts'
import { setReportInterval } from './set_report_interval.ts'
import { streamPositions } from './stream_positions.ts'
import { watchTrip } from './watch_trip.ts'

export const rpcs = (ctx: Ctx): ServiceImpl<typeof TrackingService> => ({
  streamPositions: streamPositions(ctx),
  reportPositions: reportPositions(ctx),
  listBusLocations: listBusLocations(ctx),
  listPositions: listPositions(ctx),
  exportPositions: exportPositions(ctx),
  replayPositions: replayPositions(ctx),
  createDeviceKey: createDeviceKey(ctx),
  listDeviceKeys: listDeviceKeys(ctx),
  revokeDeviceKey: revokeDeviceKey(ctx),
  sendDriverMessage: sendDriverMessage(ctx),
  listDriverMessages: listDriverMessages(ctx),
  setReportInterval: setReportInterval(ctx),
  getTripArrivals: getTripArrivals(ctx),
  getTripWay: getTripWay(ctx),
  setRealtimeFeed: setRealtimeFeed(ctx),
  getRealtimeFeed: getRealtimeFeed(ctx),
  watchTrip: watchTrip(ctx),
  getLiveEndpoint: getLiveEndpoint(ctx),
})
