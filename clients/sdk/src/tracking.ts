/** Ways and arrivals of trips. Following a bus comes beside it, and later: `@tms/sdk/follow`. */
export {
  type ArrivalPrediction,
  type GetTripWayResponse,
  TrackingService,
  type WayStop,
} from '../../../gen/tms/tracking/v1/tracking_service_pb.ts'
