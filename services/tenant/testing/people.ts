import type { Client } from '@connectrpc/connect'
import { reasonOf } from '#kit'
import type { Suite, SuiteOptions } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { SessionTokens } from '#gen/tms/auth/v1/session_pb.ts'
import { email, phone, uuid } from './companies.ts'
import { identity } from '../../identity.ts'

/** A password that nobody tries first. */
const PASSWORD = 'Ubumwe-n-Amahoro-1962-Rwanda'

type AuthClient = Client<typeof AuthService>

/** A suite whose services trust the tokens that auth signs, and hear of ended sessions; the clock begins now. */
export const withAuth: SuiteOptions & { env: Record<string, string> } = {
  now: new Date().toISOString(),
  ...identity,
  env: { AUTH_ARGON2_MEMORY_KIB: '64', AUTH_ARGON2_PASSES: '1' },
}

/** As {@link withAuth}, for rules that no network can change: shown once. */
export const inMemory = { ...withAuth, placements: ['memory'] as const }

const contactOf = (text: string) => (text.startsWith('+') ? phone(text) : email(text))

/** Signs people up, by name and phone number or e-mail address; returns their ids. */
export async function signUp(suite: Suite, ...people: (readonly [name: string, contact: string])[]): Promise<string[]> {
  const auth = suite.client(AuthService)
  const ids: string[] = []
  for (const [displayName, contact] of people) {
    const signUpId = uuid()
    await auth.signUp({ signUpId, contact: contactOf(contact), password: PASSWORD, displayName })
    const codes = await suite.published(CodeRequestedSchema)
    const { tokens } = await auth.confirmSignUp({ signUpId, code: codes.at(-1)?.code ?? '' })
    ids.push(present(tokens).userId)
  }
  return ids
}

/** Signs in with the password of these tests. */
export async function logIn(suite: Suite, contact: string, tenantId = ''): Promise<SessionTokens> {
  const { tokens } = await suite
    .client(AuthService)
    .logIn({ contact: contactOf(contact), password: PASSWORD, tenantId })
  return present(tokens)
}

/** Calls auth as the holder of tokens. */
export function as(suite: Suite, tokens: { readonly accessToken: string }): AuthClient {
  return suite.clientWithToken(AuthService, tokens.accessToken)
}

/** Gives a user a role: within a company, or on the platform. */
export async function grant(suite: Suite, userId: string, role: string, tenantId: string | undefined): Promise<void> {
  if (tenantId) await suite.peer(AuthService, 'tenant').grantTenantRole({ userId, role, tenantId, revision: 1n })
  else await suite.client(AuthService, { permissions: ['*'] }).grantRole({ userId, role })
}

/** Why a call was refused; `ANSWERED` when it was not. */
export async function reasonFor(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return 'ANSWERED'
  } catch (err) {
    return reasonOf(err)
  }
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an answer lacks what its contract promises')
  return value
}
