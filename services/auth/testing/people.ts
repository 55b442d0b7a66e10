import type { Client } from '@connectrpc/connect'
import { newUuidV7, reasonOf } from '#kit'
import type { Suite, SuiteOptions } from '#kit/testing'
import { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import { CodeRequestedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { SessionTokens } from '#gen/tms/auth/v1/session_pb.ts'
import type { Ctx } from '../context.ts'
import { type SeedAccount, seedAccounts } from '../seed.ts'
import { identity } from '../../identity.ts'

/** A password that nobody tries first. */
export const PASSWORD = 'Ubumwe-n-Amahoro-1962-Rwanda'

export const uuid = () => newUuidV7(Date.now())

export const phone = (value: string) => ({ value: { case: 'phone' as const, value } })
export const email = (value: string) => ({ value: { case: 'email' as const, value } })

/**
 * A suite whose services trust the tokens that auth signs, and hear of ended sessions. The clock begins now, because
 * verifiers compare tokens with the time on the wall. Hashing is made cheap: what it costs is shown elsewhere.
 */
export const withAuth: SuiteOptions & { env: Record<string, string> } = {
  now: new Date().toISOString(),
  ...identity,
  env: { AUTH_ARGON2_MEMORY_KIB: '64', AUTH_ARGON2_PASSES: '1' },
}

/** As {@link withAuth}, for rules that no network can change: shown once. */
export const inMemory = { ...withAuth, placements: ['memory'] as const }

/** The newest code that was sent to a contact. */
export async function codeSentTo(suite: Suite, contact: string): Promise<string> {
  const events = await suite.published(CodeRequestedSchema)
  return events.filter((event) => event.phone === contact || event.email === contact).at(-1)?.code ?? ''
}

/** Any six digits but these. */
export function otherCode(code: string): string {
  return code.startsWith('1') ? `2${code.slice(1)}` : `1${code.slice(1)}`
}

/** Signs somebody up by phone. */
export async function signUpByPhone(suite: Suite, number: string, name = 'Alice Uwase'): Promise<SessionTokens> {
  const auth = suite.client(AuthService)
  const signUpId = uuid()
  await auth.signUp({ signUpId, contact: phone(number), password: PASSWORD, displayName: name, language: 'rw' })
  const { tokens } = await auth.confirmSignUp({ signUpId, code: await codeSentTo(suite, number) })
  return present(tokens)
}

/** Asks for a code and returns it. */
export async function requestCode(suite: Suite, number: string, purpose = CodePurpose.LOG_IN): Promise<string> {
  await suite.client(AuthService).requestCode({ codeId: uuid(), contact: phone(number), purpose })
  return codeSentTo(suite, number)
}

/** Makes accounts as a demonstration does, and returns their ids. */
export async function seed(suite: Suite, ...accounts: SeedAccount[]): Promise<string[]> {
  const seeded = await seedAccounts(ctxOf(suite), accounts)
  return seeded.map(({ userId }) => userId)
}

/** Signs in with a phone number and the password of these tests. */
export async function logIn(suite: Suite, number: string, tenantId = ''): Promise<SessionTokens> {
  const { tokens } = await suite.client(AuthService).logIn({ contact: phone(number), password: PASSWORD, tenantId })
  return present(tokens)
}

/** Calls auth as the holder of tokens. */
export function as(suite: Suite, tokens: { readonly accessToken: string }): Client<typeof AuthService> {
  return suite.clientWithToken(AuthService, tokens.accessToken)
}

/** The context of the running auth. */
export function ctxOf(suite: Suite): Ctx {
  const runtime = suite.host.runtimes.get('auth')
  if (!runtime) throw new Error('auth is not in the suite')
  // A host knows its services without the types of their contexts.
  return runtime.ctx as unknown as Ctx
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an answer lacks what its contract promises')
  return value
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
