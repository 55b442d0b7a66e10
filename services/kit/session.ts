import { createContextKey, type HandlerContext } from '@connectrpc/connect'

/** Who calls, as the verified tokens of the call say. */
export type Session = {
  readonly kind: 'user' | 'service' | 'anonymous'
  /** Empty when nobody is signed in. */
  readonly userId: string
  /** The company that the user acts for, when signed in for one. */
  readonly tenantId: string | undefined
  readonly sessionId: string | undefined
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  /** BCP 47: `en`, `rw`, `fr` or `sw`. */
  readonly language: string
  /** Verified phone number in E.164, when there is one. */
  readonly phone: string | undefined
  /** `partner` when signed in by an API key. */
  readonly audience: 'public' | 'partner'
  /** Name of the service that makes the call, with or without a user's token in hand. */
  readonly callerService: string | undefined
  /**
   * What was granted under a condition only, by permission; not among `permissions`. Ask `mayOn` where an amount, a
   * station or an owner decides.
   */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Whether the session was granted a permission; services acting on their own may do all. */
  readonly can: (permission: string) => boolean
}

type SessionInit = Partial<Omit<Session, 'can' | 'kind'>> & Pick<Session, 'kind'>

/** Builds a session from what its tokens say; what they leave out is empty. */
export function sessionFrom(init: SessionInit): Session {
  const permissions = init.permissions ?? []
  const granted = new Set(permissions)
  const all = init.kind === 'service' || granted.has('*')
  return {
    userId: '',
    tenantId: undefined,
    sessionId: undefined,
    roles: [],
    language: 'en',
    phone: undefined,
    audience: 'public',
    callerService: undefined,
    conditions: {},
    ...init,
    permissions,
    can: (permission) => all || granted.has(permission) || granted.has(wildcardOf(permission)),
  }
}

function wildcardOf(permission: string): string {
  const service = permission.slice(0, permission.indexOf('.'))
  return `${service}.*`
}

/** Nobody in particular. */
export const anonymous: Session = sessionFrom({ kind: 'anonymous' })

/** Where the interceptors leave the session for the handler. */
export const sessionKey = createContextKey<Session>(anonymous, { description: 'tms session' })

/** The session of a call, in a handler. */
export function sessionOf(call: Pick<HandlerContext, 'values'>): Session {
  return call.values.get(sessionKey)
}
