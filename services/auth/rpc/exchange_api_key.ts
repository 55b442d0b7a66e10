import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { hashOfSecret, sameHash } from '../crypto/random.ts'
import { accessOf, allows } from '../domain/access.ts'
import { parseApiKey } from '../domain/api_key.ts'
import { refuse } from '../errors.ts'
import { issueToken } from '../steps/sessions.ts'
import { findByPrefix, touchApiKey } from '../store/api_keys.ts'
import { grantsOf } from '../store/grants.ts'
import type { ApiKeyRow } from '../store/schema.ts'
import { suspendedAmong } from '../store/tenant_states.ts'
import { findUser } from '../store/users.ts'

const HOUR_MS = 3_600_000

export const exchangeApiKey =
  (ctx: Ctx): Handler<typeof AuthService.method.exchangeApiKey> =>
  async (req) => {
    const key = await liveKey(ctx, req.secret)
    const user = key && (await findUser(ctx.db.system, key.userId))
    if (!user) throw refuse('API_KEY_INVALID', 'this API key is not valid')
    const now = ctx.clock.now()
    await touchApiKey(ctx.db.system, key.apiKeyId, now, new Date(now.getTime() - HOUR_MS))
    const claims = {
      sid: key.apiKeyId,
      ...(key.tenantId !== null && { tid: key.tenantId }),
      roles: ['partner'],
      perms: await scopesLeft(ctx, key),
      lang: user.language,
      aud_class: 'partner' as const,
    }
    const { token, expireTime } = await issueToken(ctx, user.userId, claims, key.expireTime)
    return { accessToken: token, accessExpireTime: timestampFromDate(expireTime) }
  }

/** The key, when it is one of ours and alive, and the company that it acts for is not suspended. */
async function liveKey(ctx: Ctx, text: string): Promise<ApiKeyRow | undefined> {
  const parts = parseApiKey(text)
  const row = parts && (await findByPrefix(ctx.db.system, parts.prefix))
  if (!row || !sameHash(row.secretHash, hashOfSecret(parts.secret))) return undefined
  if (row.revokeTime || row.expireTime <= ctx.clock.now()) return undefined
  const suspended = row.tenantId !== null && (await suspendedAmong(ctx.db.system, [row.tenantId])).size > 0
  return suspended ? undefined : row
}

/** A key can never do more than its owner can at this moment. */
async function scopesLeft(ctx: Ctx, key: ApiKeyRow): Promise<string[]> {
  const grants = await grantsOf(ctx.db.system, key.userId)
  const { permissions } = accessOf(grants, key.tenantId ?? undefined)
  return key.scopes.filter((scope) => allows(permissions, scope))
}
