import type { DescMethod } from '@bufbuild/protobuf'
import { Audience, Scope } from '#gen/tms/access/v1/access_pb.ts'
import { refuseCall } from '../errors.ts'
import type { ServiceVerifier } from '../identity/service_tokens.ts'
import type { UserVerifier } from '../identity/user_tokens.ts'
import { type MethodPolicy, policyOf } from '../policy.ts'
import { anonymous, type Session, sessionFrom } from '../session.ts'
import { bearerOf, SERVICE_TOKEN } from './headers.ts'

/** Verifies who calls. Every service has one of its own: nobody's word is taken for a token. */
export type Verifiers = { readonly user: UserVerifier; readonly service: ServiceVerifier }

/** Tells who calls, from the tokens of a call. */
export async function identify(headers: Headers, verifiers: Verifiers): Promise<Session> {
  const userToken = bearerOf(headers)
  const serviceToken = headers.get(SERVICE_TOKEN)
  const user = userToken === undefined ? undefined : await verifiers.user(userToken)
  if (serviceToken === null) return user ?? anonymous
  const callerService = await verifiers.service(serviceToken)
  return user ? { ...user, callerService } : sessionFrom({ kind: 'service', callerService })
}

/**
 * Refuses a caller whom the method's policy does not let in.
 *
 * @throws {ConnectError} UNAUTHENTICATED or PERMISSION_DENIED
 */
export function admit(method: DescMethod, session: Session): MethodPolicy {
  const policy = policyOf(method)
  if (policy.audience === Audience.INTERNAL) admitService(method, session)
  else admitUser(policy, session)
  return policy
}

function admitService(method: DescMethod, session: Session): void {
  if (session.callerService !== undefined) return
  throw refuseCall('AUDIENCE_MISMATCH', `${method.name} is for services of the suite only`)
}

function admitUser(policy: MethodPolicy, session: Session): void {
  if (session.audience === 'partner' && policy.audience !== Audience.PARTNER) {
    throw refuseCall('AUDIENCE_MISMATCH', 'this method is not open to partners')
  }
  if (policy.permission === '' && policy.scope === Scope.UNSPECIFIED) return
  if (session.kind === 'anonymous') throw refuseCall('TOKEN_MISSING', 'sign in first')
  if (policy.permission !== '' && !session.can(policy.permission)) {
    throw refuseCall('PERMISSION_MISSING', `this needs the permission ${policy.permission}`, {
      permission: policy.permission,
    })
  }
  if (policy.scope === Scope.TENANT && session.kind === 'user' && session.tenantId === undefined) {
    throw refuseCall('TENANT_MISSING', 'choose the company that you act for')
  }
}
