import { randomBytes } from 'node:crypto'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, refuseCall, type Session, sessionOf } from '#kit'
import type { CreateApiKeyRequest } from '#gen/tms/auth/v1/api_key_pb.ts'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { hashOfSecret, sameHash } from '../crypto/random.ts'
import { formatApiKey, RETRY_SECONDS } from '../domain/api_key.ts'
import { refuse } from '../errors.ts'
import { apiKeyToProto } from '../steps/api_keys.ts'
import { refuseNotHeld } from '../steps/roles.ts'
import { toolsOf } from '../steps/tools.ts'
import { insertApiKey, lockApiKey } from '../store/api_keys.ts'
import type { ApiKeyRow } from '../store/schema.ts'

const LONGEST_LIFE_MS = 2 * 366 * 86_400_000

export const createApiKey =
  (ctx: Ctx): Handler<typeof AuthService.method.createApiKey> =>
  async (req, call) => {
    const session = sessionOf(call)
    // Nobody can let a machine do what they may not do themselves.
    refuseNotHeld(session, req.scopes)
    const row = newKey(ctx, session, req)
    // Not by `db.once`, which would keep the answer and in it the secret.
    const kept = await ctx.db.transaction(async (tx) => {
      const isNew = await insertApiKey(tx, row)
      if (isNew) ctx.happened('auth.api_key_created')
      return isNew ? row : retried(ctx, row, await lockApiKey(tx, session.userId, row.apiKeyId))
    })
    return { apiKey: apiKeyToProto(kept), secret: formatApiKey({ prefix: kept.prefix, secret: secretOf(ctx, kept) }) }
  }

function newKey(ctx: Ctx, { userId, tenantId }: Session, req: CreateApiKeyRequest): ApiKeyRow {
  const { apiKeyId, name, scopes } = req
  const retrySalt = randomBytes(32)
  return {
    apiKeyId,
    userId,
    tenantId: tenantId ?? null,
    name,
    prefix: randomBytes(6).toString('hex'),
    secretHash: hashOfSecret(secretOf(ctx, { apiKeyId, retrySalt })),
    retrySalt,
    scopes,
    createTime: ctx.clock.now(),
    expireTime: expireTimeOf(ctx, req.expireTime ? timestampDate(req.expireTime) : new Date(Number.NaN)),
    useTime: null,
    revokeTime: null,
  }
}

function secretOf(ctx: Ctx, { apiKeyId, retrySalt }: Pick<ApiKeyRow, 'apiKeyId' | 'retrySalt'>): string {
  return toolsOf(ctx).keychain.apiKeySecret(apiKeyId, retrySalt ?? new Uint8Array())
}

/** The key that an earlier call under this id made, when this one is its retry and the secret can still be told. */
function retried(ctx: Ctx, wanted: ApiKeyRow, kept: ApiKeyRow | undefined): ApiKeyRow {
  if (kept && !isSame(wanted, kept)) {
    throw refuseCall('IDEMPOTENCY_KEY_REUSED', 'this api_key_id was used with another request before')
  }
  const inTime = kept && ctx.clock.now().getTime() - kept.createTime.getTime() < RETRY_SECONDS * 1000
  const canTell = inTime && kept.retrySalt && sameHash(hashOfSecret(secretOf(ctx, kept)), kept.secretHash)
  if (canTell) return kept
  throw refuse('API_KEY_EXISTS', 'this api_key_id is in use; its secret cannot be told again')
}

function isSame(a: ApiKeyRow, b: ApiKeyRow): boolean {
  const told = ({ name, tenantId, scopes, expireTime }: ApiKeyRow) =>
    JSON.stringify([name, tenantId, scopes, expireTime])
  return told(a) === told(b)
}

function expireTimeOf(ctx: Ctx, asked: Date): Date {
  const ahead = asked.getTime() - ctx.clock.now().getTime()
  if (ahead > 0 && ahead <= LONGEST_LIFE_MS) return asked
  const fields = [{ field: 'expire_time', description: 'lies in the past, or more than two years ahead' }]
  throw refuse('EXPIRE_TIME_INVALID', 'an API key lives two years at most', {}, { fields })
}
