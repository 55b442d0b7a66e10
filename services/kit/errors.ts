import { Code, ConnectError } from '@connectrpc/connect'
import { durationFromMs } from '@bufbuild/protobuf/wkt'
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '#gen/google/rpc/error_details_pb.ts'
import { ErrorReason } from '#gen/tms/event/v1/event_pb.ts'

/** One rule that one field of a request breaks, as `google.rpc.BadRequest` carries it. */
export type FieldViolation = { readonly field: string; readonly description: string }

/** What an error may carry besides its reason: when to try again, and which fields are wrong. */
export type RefusalDetails = { readonly retryAfterMs?: number; readonly fields?: readonly FieldViolation[] }

/** Makes the error for one reason: a sentence for a person, metadata for a program. */
export type Refuse<Reason extends string> = (
  reason: Reason,
  message: string,
  metadata?: Record<string, string>,
  details?: RefusalDetails,
) => ConnectError

type ReasonsOf<Enum> = Exclude<keyof Enum & string, 'UNSPECIFIED'>

/**
 * The refusals of one service: a table that maps each reason of its proto to a code.
 *
 * The compiler asks for the row of a reason that is missing.
 *
 * @param domain the service's name; travels as `google.rpc.ErrorInfo.domain`
 * @param _reasons the generated enum `ErrorReason` of the service
 */
export function refusals<Enum extends object>(
  domain: string,
  _reasons: Enum,
  codes: Readonly<Record<ReasonsOf<Enum>, Code>>,
): Refuse<ReasonsOf<Enum>> {
  return (reason, message, metadata = {}, details = {}) => {
    const error = new ConnectError(message, codes[reason])
    error.details.push({ desc: ErrorInfoSchema, value: { reason, domain, metadata } })
    if (details.retryAfterMs !== undefined) {
      error.details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(details.retryAfterMs) } })
    }
    if (details.fields?.length) {
      error.details.push({ desc: BadRequestSchema, value: { fieldViolations: details.fields.map((f) => ({ ...f })) } })
    }
    return error
  }
}

/** Refusals that every service shares; their domain is `tms`. */
export const refuseCall = refusals('tms', ErrorReason, {
  TOKEN_MISSING: Code.Unauthenticated,
  TOKEN_INVALID: Code.Unauthenticated,
  TOKEN_EXPIRED: Code.Unauthenticated,
  SESSION_REVOKED: Code.Unauthenticated,
  PERMISSION_MISSING: Code.PermissionDenied,
  AUDIENCE_MISMATCH: Code.PermissionDenied,
  TENANT_MISSING: Code.PermissionDenied,
  REQUEST_INVALID: Code.InvalidArgument,
  IDEMPOTENCY_KEY_REUSED: Code.FailedPrecondition,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  PEER_UNAVAILABLE: Code.Unavailable,
  RATE_LIMITED: Code.ResourceExhausted,
  SHUTTING_DOWN: Code.Unavailable,
  PAGE_TOKEN_INVALID: Code.InvalidArgument,
  INTERNAL: Code.Internal,
  REQUEST_TOO_LARGE: Code.ResourceExhausted,
  ORIGIN_REFUSED: Code.PermissionDenied,
})

/** The reason of a refusal, wherever it was thrown; undefined when the error carries none. */
export function reasonOf(err: unknown): string | undefined {
  if (!(err instanceof ConnectError)) return undefined
  const [sent] = err.findDetails(ErrorInfoSchema)
  return sent?.reason
}

/** The facts of a refusal (`google.rpc.ErrorInfo.metadata`); empty when the error carries none. */
export function metadataOf(err: unknown): Readonly<Record<string, string>> {
  if (!(err instanceof ConnectError)) return {}
  const [sent] = err.findDetails(ErrorInfoSchema)
  return sent?.metadata ?? {}
}
