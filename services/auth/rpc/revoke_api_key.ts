import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { SessionRevokedSchema } from '#gen/tms/auth/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { apiKeyToProto } from '../steps/api_keys.ts'
import { lockApiKey, revokeApiKey as noteRevoked } from '../store/api_keys.ts'

export const revokeApiKey =
  (ctx: Ctx): Handler<typeof AuthService.method.revokeApiKey> =>
  async (req, call) => {
    const { userId } = sessionOf(call)
    const now = ctx.clock.now()
    const key = await ctx.db.transaction(async (tx) => {
      const row = await lockApiKey(tx, userId, req.apiKeyId)
      if (!row) throw refuse('API_KEY_UNKNOWN', 'you have no such API key')
      if (row.revokeTime) return row
      await noteRevoked(tx, row.apiKeyId, now)
      const expireTime = timestampFromDate(new Date(now.getTime() + ctx.settings.accessTokenSeconds * 1000))
      await tx.publish(SessionRevokedSchema, row.apiKeyId, { sessionId: row.apiKeyId, userId, expireTime })
      return { ...row, revokeTime: now }
    })
    return { apiKey: apiKeyToProto(key) }
  }
