import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/qr/v1/errors_pb.ts'
import { Code } from '@connectrpc/connect'

export const refuse = refusals('qr', ErrorReason, {
  TICKET_CHANGED: Code.FailedPrecondition,
  CODE_NOT_OURS: Code.InvalidArgument,
  TIME_UNREADABLE: Code.InvalidArgument,
})
