import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { AccessClaims, Queries, Tx } from '#kit'
import { SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { SessionTokensSchema } from '#gen/tms/auth/v1/session_pb.ts'
import type { Ctx } from '../context.ts'
import { hashOfSecret, newSecret } from '../crypto/random.ts'
import { signToken } from '../crypto/signer.ts'
import { type Access, accessOf, allows, type Grants, tenantsOf } from '../domain/access.ts'
import { type Condition, conditionClaims } from '../domain/condition.ts'
import { chooseTenant } from '../domain/tenant_choice.ts'
import { refuse } from '../errors.ts'
import { grantsOf } from '../store/grants.ts'
import { insertRefreshToken } from '../store/refresh_tokens.ts'
import type { EndReason, SessionRow, UserRow } from '../store/schema.ts'
import { endLiveSessions, insertSession, type WhichSessions } from '../store/sessions.ts'
import { suspendedAmong } from '../store/tenant_states.ts'
import { currentSigningKey } from './signing_keys.ts'

/** A session, and all that its next tokens say. */
export type OpenSession = {
  readonly session: SessionRow
  readonly user: UserRow
  readonly access: Access
  readonly refreshToken: string
}

/** An access token and when it runs out. */
export type AccessToken = { readonly token: string; readonly expireTime: Date }

/** Conditions make a token no longer than this; beyond it, CheckPermission is asked. */
const MAX_CONDITION_CHARS = 1_000

/**
 * Begins a session.
 *
 * @throws {ConnectError} NOT_A_MEMBER, TENANT_SUSPENDED
 */
export async function openSession(
  ctx: Ctx,
  tx: Tx,
  user: UserRow,
  wish: { readonly tenantId?: string; readonly deviceName?: string },
): Promise<OpenSession> {
  const now = ctx.clock.now()
  const grants = await grantsOf(tx, user.userId)
  const tenantId = await allowedTenant(tx, grants, wish.tenantId || undefined)
  const session: SessionRow = {
    sessionId: ctx.newId(),
    userId: user.userId,
    tenantId: tenantId ?? null,
    deviceName: wish.deviceName ?? '',
    createTime: now,
    refreshTime: now,
    expireTime: new Date(now.getTime() + ctx.settings.sessionSeconds * 1000),
    endTime: null,
    endReason: null,
  }
  const refreshToken = newSecret()
  await insertSession(tx, session)
  const { sessionId } = session
  await insertRefreshToken(tx, { tokenHash: hashOfSecret(refreshToken), sessionId, createTime: now })
  return { session, user, access: accessOf(grants, tenantId), refreshToken }
}

/**
 * The company that a user may act for.
 *
 * @param wanted undefined to leave the choice to us
 * @throws {ConnectError} NOT_A_MEMBER, TENANT_SUSPENDED
 */
export async function allowedTenant(
  db: Queries,
  grants: Grants,
  wanted: string | undefined,
): Promise<string | undefined> {
  const memberOf = tenantsOf(grants)
  const suspended = await suspendedAmong(db, memberOf)
  const forAny = allows(accessOf(grants, undefined).permissions, 'auth.sessions.act_for_any_tenant')
  const chosen = chooseTenant({ wanted, memberOf, suspended, forAny })
  switch (chosen.refusal) {
    case 'NOT_A_MEMBER':
      throw refuse('NOT_A_MEMBER', 'you do not work for this company')
    case 'TENANT_SUSPENDED':
      throw refuse('TENANT_SUSPENDED', 'this company is suspended')
    default:
      return chosen.tenantId
  }
}

/** Signs the tokens of a session, as the wire has them. */
export async function tokensOf(ctx: Ctx, open: OpenSession): Promise<MessageInitShape<typeof SessionTokensSchema>> {
  const { session, refreshToken } = open
  const access = await accessToken(ctx, open)
  return {
    sessionId: session.sessionId,
    userId: session.userId,
    accessToken: access.token,
    accessExpireTime: timestampFromDate(access.expireTime),
    refreshToken,
    sessionExpireTime: timestampFromDate(session.expireTime),
    tenantId: session.tenantId ?? '',
  }
}

/** Signs an access token; it never outlives its session. */
export async function accessToken(ctx: Ctx, open: Omit<OpenSession, 'refreshToken'>): Promise<AccessToken> {
  const { session, user, access } = open
  const claims = {
    sid: session.sessionId,
    ...(session.tenantId !== null && { tid: session.tenantId }),
    ...(user.phone !== null && user.phoneVerifyTime && { phone: user.phone }),
    ...accessClaims(access),
    lang: user.language,
  }
  return issueToken(ctx, user.userId, claims, session.expireTime)
}

/** Signs claims; the token never outlives `notAfter`. */
export async function issueToken(ctx: Ctx, userId: string, claims: AccessClaims, notAfter: Date): Promise<AccessToken> {
  const issueTime = ctx.clock.now()
  const full = new Date(issueTime.getTime() + ctx.settings.accessTokenSeconds * 1000)
  const expireTime = full < notAfter ? full : notAfter
  const token = await signToken(await currentSigningKey(ctx), { userId, claims, issueTime, expireTime })
  return { token, expireTime }
}

/** Ends sessions and tells everybody. Returns how many there were. */
export async function endSessions(ctx: Ctx, tx: Tx, which: WhichSessions, reason: EndReason): Promise<number> {
  const now = ctx.clock.now()
  const ended = await endLiveSessions(tx, which, reason, now)
  const expireTime = timestampFromDate(new Date(now.getTime() + ctx.settings.accessTokenSeconds * 1000))
  await tx.publishAll(
    SessionRevokedSchema,
    ended.map(({ sessionId, userId }) => ({ key: sessionId, message: { sessionId, userId, expireTime } })),
  )
  return ended.length
}

function accessClaims({ roles, permissions, conditional }: Access): Pick<AccessClaims, 'roles' | 'perms' | 'cond'> {
  const entries = Object.entries(conditional).map(([name, rule]: [string, Condition]) => [name, conditionClaims(rule)])
  const cond = Object.fromEntries(entries) as Record<string, Record<string, string>>
  const fits = entries.length > 0 && JSON.stringify(cond).length <= MAX_CONDITION_CHARS
  return { roles, perms: permissions, ...(fits && { cond }) }
}
