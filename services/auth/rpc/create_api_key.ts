import { randomBytes } from 'node:crypto'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, type Session, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { hashOfSecret, newSecret } from '../crypto/random.ts'
import { formatApiKey } from '../domain/api_key.ts'
import { refuse } from '../errors.ts'
import { apiKeyToProto } from '../steps/api_keys.ts'
import { insertApiKey } from '../store/api_keys.ts'

const LONGEST_LIFE_MS = 2 * 366 * 86_400_000

export const createApiKey =
  (ctx: Ctx): Handler<typeof AuthService.method.createApiKey> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { apiKeyId, name, scopes } = req
    refuseForeignScopes(session, scopes)
    const expireTime = expireTimeOf(ctx, req.expireTime ? timestampDate(req.expireTime) : new Date(Number.NaN))
    const [prefix, secret] = [randomBytes(6).toString('hex'), newSecret()]
    const row = {
      apiKeyId,
      userId: session.userId,
      tenantId: session.tenantId ?? null,
      name,
      prefix,
      secretHash: hashOfSecret(secret),
      scopes,
      createTime: ctx.clock.now(),
      expireTime,
      useTime: null,
      revokeTime: null,
    }
    if (!(await insertApiKey(ctx.db.system, row))) {
      throw refuse('API_KEY_EXISTS', 'this api_key_id is in use; its secret cannot be told again')
    }
    ctx.happened('auth.api_key_created')
    return { apiKey: apiKeyToProto(row), secret: formatApiKey({ prefix, secret }) }
  }

/** Nobody can let a machine do what they may not do themselves. */
function refuseForeignScopes(session: Session, scopes: readonly string[]): void {
  const foreign = scopes.find((scope) => !session.can(scope))
  if (foreign === undefined) return
  throw refuse('PERMISSION_NOT_HELD', `you do not have ${foreign} yourself`, { permission: foreign })
}

function expireTimeOf(ctx: Ctx, asked: Date): Date {
  const ahead = asked.getTime() - ctx.clock.now().getTime()
  if (ahead > 0 && ahead <= LONGEST_LIFE_MS) return asked
  const fields = [{ field: 'expire_time', description: 'lies in the past, or more than two years ahead' }]
  throw refuse('EXPIRE_TIME_INVALID', 'an API key lives two years at most', {}, { fields })
}
