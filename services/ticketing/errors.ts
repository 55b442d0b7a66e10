import { Code } from '@connectrpc/connect'
import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/ticketing/v1/errors_pb.ts'

/** The refusals of ticketing; each reason is described in its proto. */
export const refuse = refusals('ticketing', ErrorReason, {
  TRIP_UNKNOWN: Code.NotFound,
  TRIP_NOT_ON_SALE: Code.FailedPrecondition,
  SALES_CLOSED: Code.FailedPrecondition,
  LEGS_INVALID: Code.InvalidArgument,
  SEAT_UNKNOWN: Code.InvalidArgument,
  SEAT_REPEATED: Code.InvalidArgument,
  SEAT_TAKEN: Code.FailedPrecondition,
  FARE_MISSING: Code.FailedPrecondition,
  FARE_CHANGED: Code.FailedPrecondition,
  TRIP_CHANGED: Code.Aborted,
  DATE_INVALID: Code.InvalidArgument,
  BOOKING_UNKNOWN: Code.NotFound,
  NOT_HELD: Code.FailedPrecondition,
  NOT_CONFIRMED: Code.FailedPrecondition,
  CANCEL_TOO_LATE: Code.FailedPrecondition,
  TICKET_FORGED: Code.FailedPrecondition,
  TICKET_VOID: Code.FailedPrecondition,
  WRONG_TRIP: Code.FailedPrecondition,
  WRONG_LEG: Code.FailedPrecondition,
  ALREADY_BOARDED: Code.FailedPrecondition,
  TICKET_EXPIRED: Code.FailedPrecondition,
  ID_TAKEN: Code.AlreadyExists,
  TRIP_OVER: Code.FailedPrecondition,
  BUS_TOO_SMALL: Code.FailedPrecondition,
  NOT_CHANGEABLE: Code.FailedPrecondition,
  CHANGE_TOO_LATE: Code.FailedPrecondition,
  SEAT_COUNT_WRONG: Code.InvalidArgument,
  OTHER_COMPANY: Code.InvalidArgument,
  BOOKING_MOVED: Code.Aborted,
  OPEN_TICKETS_OFF: Code.FailedPrecondition,
})
