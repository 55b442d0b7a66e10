import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/notification/v1/errors_pb.ts'
import { Code } from '@connectrpc/connect'

export const refuse = refusals('notification', ErrorReason, {
  DELIVERY_UNKNOWN: Code.NotFound,
  TEXT_NOT_KEPT: Code.FailedPrecondition,
  DELIVERY_UNDER_WAY: Code.FailedPrecondition,
  TEMPLATE_UNKNOWN: Code.NotFound,
})
