import { Code } from '@connectrpc/connect'
import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/tracking/v1/errors_pb.ts'

/** The refusals of tracking; each reason is described in its proto. */
export const refuse = refusals('tracking', ErrorReason, {
  TRIP_UNKNOWN: Code.NotFound,
  NOT_ASSIGNED: Code.PermissionDenied,
  BUS_MISSING: Code.FailedPrecondition,
  TRIP_CLOSED: Code.FailedPrecondition,
  DEVICE_KEY_INVALID: Code.Unauthenticated,
  DEVICE_KEY_UNKNOWN: Code.NotFound,
  DEVICE_KEY_EXISTS: Code.AlreadyExists,
  RECORDING_TAKEN: Code.AlreadyExists,
  FRAME_UNEXPECTED: Code.InvalidArgument,
  REPORTING_REPLACED: Code.Aborted,
  RANGE_INVALID: Code.InvalidArgument,
  BUS_UNKNOWN: Code.NotFound,
  MESSAGE_UNKNOWN: Code.NotFound,
  LOCATIONS_UNAVAILABLE: Code.Unavailable,
  GEOFENCE_UNKNOWN: Code.NotFound,
  GEOFENCE_LIMIT_REACHED: Code.ResourceExhausted,
  FEED_UNKNOWN: Code.NotFound,
  GEOFENCE_EXISTS: Code.AlreadyExists,
  ALERT_UNKNOWN: Code.NotFound,
  ALERT_EXISTS: Code.AlreadyExists,
  ALERT_LIMIT_REACHED: Code.ResourceExhausted,
  SUBJECT_UNKNOWN: Code.NotFound,
})
