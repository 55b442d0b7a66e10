import { Code } from '@connectrpc/connect'
import { refusals } from '#kit'
import { ErrorReason } from '#gen/tms/auth/v1/errors_pb.ts'

/** The refusals of auth; what each means stands in its proto. */
export const refuse = refusals('auth', ErrorReason, {
  CREDENTIALS_WRONG: Code.Unauthenticated,
  TOO_MANY_ATTEMPTS: Code.ResourceExhausted,
  TOO_MANY_CODES: Code.ResourceExhausted,
  CODE_WRONG: Code.Unauthenticated,
  CODE_EXPIRED: Code.FailedPrecondition,
  CODE_EXHAUSTED: Code.FailedPrecondition,
  PASSWORD_TOO_COMMON: Code.InvalidArgument,
  CONTACT_INVALID: Code.InvalidArgument,
  CONTACT_TAKEN: Code.AlreadyExists,
  SIGN_UP_UNKNOWN: Code.NotFound,
  ID_TAKEN: Code.AlreadyExists,
  REFRESH_TOKEN_INVALID: Code.Unauthenticated,
  REFRESH_TOKEN_REUSED: Code.Unauthenticated,
  SESSION_ENDED: Code.Unauthenticated,
  NOT_A_MEMBER: Code.PermissionDenied,
  TENANT_SUSPENDED: Code.FailedPrecondition,
  USER_UNKNOWN: Code.NotFound,
  ROLE_UNKNOWN: Code.NotFound,
  ROLE_NOT_GRANTABLE: Code.FailedPrecondition,
  ROLE_FIXED: Code.FailedPrecondition,
  LAST_ADMIN: Code.FailedPrecondition,
  PERMISSION_NOT_HELD: Code.PermissionDenied,
  API_KEY_UNKNOWN: Code.NotFound,
  API_KEY_INVALID: Code.Unauthenticated,
  API_KEY_EXISTS: Code.AlreadyExists,
  SIGNING_KEY_UNKNOWN: Code.NotFound,
  EXPIRE_TIME_INVALID: Code.InvalidArgument,
  SESSION_UNKNOWN: Code.NotFound,
})
