/** What decides whether an invitation can be accepted. */
export type Invited = {
  readonly phone: string | null
  readonly email: string | null
  readonly expireTime: Date
  readonly acceptTime: Date | null
  readonly acceptUserId: string | null
  readonly revokeTime: Date | null
}

/** Who comes with it. */
export type Visitor = {
  readonly userId: string
  /** Phone number in E.164, proved by a code; undefined when there is none. */
  readonly verifiedPhone: string | undefined
  readonly verifiedEmail: string | undefined
  /** Whether the visitor has the token that was sent to the invited person. */
  readonly holdsToken: boolean
}

/** Where an invitation stands. */
export type InvitationState = 'PENDING' | 'ACCEPTED' | 'REVOKED' | 'EXPIRED'

/** Let in, let in before, or why not. */
export type Admission = 'JOIN' | 'JOINED_BEFORE' | 'UNKNOWN' | 'UNVERIFIED' | Exclude<InvitationState, 'PENDING'>

/** Where an invitation stands at a moment. */
export function invitationState(invited: Invited, now: Date): InvitationState {
  if (invited.acceptTime) return 'ACCEPTED'
  if (invited.revokeTime) return 'REVOKED'
  return invited.expireTime > now ? 'PENDING' : 'EXPIRED'
}

/**
 * Decides whether a visitor joins.
 *
 * The invitation is the visitor's when they hold its token, or when the invited phone number or address was proved to
 * be theirs; else it does not exist for them. Even with the token they need some verified contact: a company has to
 * know how to reach its people, and a guest's session is gone tomorrow.
 */
export function admit(invited: Invited, visitor: Visitor, now: Date): Admission {
  const isInvited =
    (invited.phone !== null && invited.phone === visitor.verifiedPhone) ||
    (invited.email !== null && invited.email === visitor.verifiedEmail)
  if (!isInvited && !visitor.holdsToken) return 'UNKNOWN'
  if (visitor.verifiedPhone === undefined && visitor.verifiedEmail === undefined) return 'UNVERIFIED'
  const state = invitationState(invited, now)
  if (state === 'ACCEPTED') return invited.acceptUserId === visitor.userId ? 'JOINED_BEFORE' : 'ACCEPTED'
  return state === 'PENDING' ? 'JOIN' : state
}
