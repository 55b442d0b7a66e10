import { Code } from '@connectrpc/connect'
import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/tenant/v1/errors_pb.ts'

/** The refusals of tenant; what each means stands in its proto. */
export const refuse = refusals('tenant', ErrorReason, {
  TENANT_UNKNOWN: Code.NotFound,
  SLUG_TAKEN: Code.AlreadyExists,
  ID_TAKEN: Code.AlreadyExists,
  TENANT_SUSPENDED: Code.FailedPrecondition,
  TENANT_ACTIVE: Code.FailedPrecondition,
  TIME_ZONE_UNKNOWN: Code.InvalidArgument,
  CONTACT_INVALID: Code.InvalidArgument,
  INVITATION_UNKNOWN: Code.NotFound,
  INVITATION_EXPIRED: Code.FailedPrecondition,
  INVITATION_REVOKED: Code.FailedPrecondition,
  INVITATION_ACCEPTED: Code.FailedPrecondition,
  CONTACT_UNVERIFIED: Code.PermissionDenied,
  MEMBER_UNKNOWN: Code.NotFound,
  LAST_MANAGER: Code.FailedPrecondition,
  FEATURE_OFF: Code.FailedPrecondition,
})
