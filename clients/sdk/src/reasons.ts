import { ConnectError } from '@connectrpc/connect'
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../../../gen/google/rpc/error_details_pb.ts'
import type { ErrorReason as Auth } from '../../../gen/tms/auth/v1/errors_pb.ts'
import type { ErrorReason as Company } from '../../../gen/tms/company/v1/errors_pb.ts'
import type { ErrorReason as Shared } from '../../../gen/tms/event/v1/event_pb.ts'
import type { ErrorReason as Notification } from '../../../gen/tms/notification/v1/errors_pb.ts'
import type { ErrorReason as Payment } from '../../../gen/tms/payment/v1/errors_pb.ts'
import type { ErrorReason as Qr } from '../../../gen/tms/qr/v1/errors_pb.ts'
import type { ErrorReason as Tenant } from '../../../gen/tms/tenant/v1/errors_pb.ts'
import type { ErrorReason as Ticketing } from '../../../gen/tms/ticketing/v1/errors_pb.ts'
import type { ErrorReason as Tracking } from '../../../gen/tms/tracking/v1/errors_pb.ts'

type NamesOf<Enum> = Exclude<keyof Enum & string, 'UNSPECIFIED'>

/** Every reason for which a call can be refused; each is documented in the `errors.proto` of its service. */
export type Reason =
  | NamesOf<typeof Auth>
  | NamesOf<typeof Company>
  | NamesOf<typeof Notification>
  | NamesOf<typeof Payment>
  | NamesOf<typeof Qr>
  | NamesOf<typeof Shared>
  | NamesOf<typeof Tenant>
  | NamesOf<typeof Ticketing>
  | NamesOf<typeof Tracking>

/** Why a call was refused; undefined when no service said it (the network failed, or it is no error of a call). */
export function reasonOf(err: unknown): Reason | undefined {
  // A newer server may know more reasons than this client: its default case is to treat them as unknown.
  return infoOf(err)?.reason as Reason | undefined
}

/** The service that refused; `tms` for what all of them share. */
export function refusedBy(err: unknown): string | undefined {
  return infoOf(err)?.domain
}

/** The facts of a refusal, e.g. `{ seat: '3B' }`; empty when there are none. */
export function factsOf(err: unknown): Readonly<Record<string, string>> {
  return infoOf(err)?.metadata ?? {}
}

/** Which fields of the request are wrong, by their path, e.g. `passengers[0].name`. */
export function fieldErrorsOf(err: unknown): Readonly<Record<string, string>> {
  if (!(err instanceof ConnectError)) return {}
  const violations = err.findDetails(BadRequestSchema).flatMap((details) => details.fieldViolations)
  return Object.fromEntries(violations.map(({ field, description }) => [field, description]))
}

/** After how many milliseconds it makes sense to try again; undefined when nobody said. */
export function retryAfterMsOf(err: unknown): number | undefined {
  if (!(err instanceof ConnectError)) return undefined
  const delay = err.findDetails(RetryInfoSchema)[0]?.retryDelay
  return delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6
}

function infoOf(err: unknown) {
  return err instanceof ConnectError ? err.findDetails(ErrorInfoSchema)[0] : undefined
}
