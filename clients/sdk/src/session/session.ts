import type { Client } from '@connectrpc/connect'
import type { Profile } from '../../../../gen/tms/auth/v1/account_pb.ts'
import type { AuthService } from '../../../../gen/tms/auth/v1/auth_service_pb.ts'
import { CodePurpose } from '../../../../gen/tms/auth/v1/code_pb.ts'
import type { SessionTokens } from '../../../../gen/tms/auth/v1/session_pb.ts'
import { newId } from '../ids.ts'
import { renewed } from './interceptor.ts'
import type { SessionKeeper } from './keeper.ts'
import type { SignedIn } from './tokens.ts'

/** A phone number in E.164, or an e-mail address. */
export type ContactInput = { readonly phone: string } | { readonly email: string }

/** Where and as what to sign in. */
export type SignInOptions = {
  /** The company to act for; by default the only one that the user is a member of. */
  readonly tenantId?: string
  /** What the user calls this device. */
  readonly deviceName?: string
}

/** A sign-up that waits for the code that was sent. */
export type PendingSignUp = {
  readonly signUpId: string
  /** Ends the sign-up with the six digits, and signs in. */
  confirm(code: string): Promise<SignedIn>
}

/** Signing in and out. Refusals are those of `tms.auth.v1`; see `reasonOf`. */
export interface TmsSession {
  /** Who is signed in now; undefined for nobody. Await `ready()` first when a session may have been kept. */
  readonly current: SignedIn | undefined
  /** Resolves when a kept session has been read from the storage. */
  ready(): Promise<void>
  /** Tells of every sign-in, change of company and end of session. Returns what ends the telling. */
  onChange(listener: (who: SignedIn | undefined) => void): () => void
  /** Tells whenever {@link token} would answer with another one. Returns what ends the telling. */
  onToken(listener: () => void): () => void
  /** Whether the token grants a permission: to decide what to offer; services decide for themselves. */
  can(permission: string): boolean
  /** Signs in with a password. */
  signIn(contact: ContactInput, password: string, options?: SignInOptions): Promise<SignedIn>
  /** Has a one-time code sent, to sign in with. */
  requestCode(contact: ContactInput): Promise<void>
  /** Signs in with the code that was sent. */
  signInWithCode(contact: ContactInput, code: string, options?: SignInOptions): Promise<SignedIn>
  /** Begins an account. A guest who signs up keeps what was bought. */
  signUp(contact: ContactInput, password: string, displayName: string): Promise<PendingSignUp>
  /** Signs in somebody who does not want an account, unless somebody is signed in already. */
  asGuest(): Promise<SignedIn>
  /** Acts for another company; for none when empty. */
  switchTenant(tenantId: string): Promise<SignedIn | undefined>
  /** The token that calls carry now, for a connection that is no call; undefined when nobody is signed in. */
  token(): Promise<string | undefined>
  /** After such a connection was refused: true when there is another token to try it with. */
  renewAfter(refusal: unknown): Promise<boolean>
  profile(): Promise<Profile | undefined>
  /** Ends this session, here and at auth. */
  signOut(): Promise<void>
  /** Ends every session of the user. */
  signOutEverywhere(): Promise<void>
}

type Parts = {
  readonly keeper: SessionKeeper
  readonly auth: Client<typeof AuthService>
  readonly language: string
}

/** @param parts `auth` sends the session's token where there is one. */
export function sessionOf({ keeper, auth, language }: Parts): TmsSession {
  const begin = async (answer: Promise<{ tokens?: SessionTokens }>): Promise<SignedIn> => {
    const { tokens } = await answer
    if (!tokens) throw new Error('auth answered without tokens')
    return keeper.keep(tokens)
  }
  return {
    get current() {
      return keeper.current
    },
    ready: () => keeper.ready(),
    onChange: (listener) => keeper.onChange(listener),
    onToken: (listener) => keeper.onToken(listener),
    can: (permission) => grants(keeper.current?.permissions ?? [], permission),
    signIn: (contact, password, options) => begin(auth.logIn({ ...options, contact: contactOf(contact), password })),
    requestCode: async (contact) => {
      await auth.requestCode({ codeId: newId(), contact: contactOf(contact), purpose: CodePurpose.LOG_IN })
    },
    signInWithCode: (contact, code, options) =>
      begin(auth.logInWithCode({ ...options, contact: contactOf(contact), code })),
    signUp: async (contact, password, displayName) => {
      const signUpId = newId()
      await auth.signUp({ signUpId, contact: contactOf(contact), password, displayName, language })
      return { signUpId, confirm: (code) => begin(auth.confirmSignUp({ signUpId, code })) }
    },
    asGuest: async () => {
      await keeper.ready()
      return keeper.current ?? begin(auth.startGuestSession({ language }))
    },
    switchTenant: async (tenantId) => keeper.replaceAccessToken((await auth.switchTenant({ tenantId })).accessToken),
    token: () => keeper.token(),
    renewAfter: async (refusal) => renewed(keeper, refusal, await keeper.token()),
    profile: async () => (await auth.getProfile({})).profile,
    signOut: async () => {
      await keeper.ready()
      const { refreshToken } = keeper
      // Forgotten here first: somebody who signs out without a network is signed out all the same.
      await keeper.forget()
      if (refreshToken !== undefined) await auth.logOut({ refreshToken })
    },
    signOutEverywhere: async () => {
      await auth.logOutEverywhere({})
      await keeper.forget()
    },
  }
}

function contactOf(contact: ContactInput) {
  const value =
    'phone' in contact
      ? { case: 'phone' as const, value: contact.phone }
      : { case: 'email' as const, value: contact.email }
  return { value }
}

/** `*` grants all, `ticketing.*` all of a service. */
function grants(permissions: readonly string[], permission: string): boolean {
  const service = permission.slice(0, permission.indexOf('.'))
  return [permission, `${service}.*`, '*'].some((one) => permissions.includes(one))
}
