import { Code, ConnectError } from '@connectrpc/connect'
import { ErrorInfoSchema } from '../../../../gen/google/rpc/error_details_pb.ts'
import type { Reason } from '../reasons.ts'

/** What is followed. */
export type FollowTopic = { readonly kind: 'trip' | 'bus' | 'company'; readonly id: string }

/** As a node knows it; see `live.proto`. */
export function topicText({ kind, id }: FollowTopic): string {
  return kind === 'company' ? `company:${id}:fleet` : `${kind}:${id}`
}

/** What a call about the same would be refused with. */
const refusals: Readonly<Record<FollowTopic['kind'], readonly [Code, Reason]>> = {
  trip: [Code.NotFound, 'TRIP_UNKNOWN'],
  bus: [Code.NotFound, 'BUS_UNKNOWN'],
  company: [Code.PermissionDenied, 'PERMISSION_MISSING'],
}

/** The error for a topic that a node refuses: as by a call, so that callers tell both by `reasonOf`. */
export function topicRefused({ kind }: FollowTopic): ConnectError {
  const [code, reason] = refusals[kind]
  return refusal(code, reason, 'that is not for this account to follow')
}

/** The error for a sign-in that a node refuses; `reason` is what it said first. */
export function signInRefused(reason: string): ConnectError {
  return refusal(Code.Unauthenticated, reason, 'the session does not hold')
}

function refusal(code: Code, reason: string, sentence: string): ConnectError {
  const info = { desc: ErrorInfoSchema, value: { reason, domain: 'tracking' } }
  return new ConnectError(sentence, code, undefined, [info])
}
