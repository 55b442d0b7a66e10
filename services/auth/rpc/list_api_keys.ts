import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { apiKeyToProto } from '../steps/api_keys.ts'
import { listApiKeys as listOwn } from '../store/api_keys.ts'

export const listApiKeys =
  (ctx: Ctx): Handler<typeof AuthService.method.listApiKeys> =>
  async (req, call) => {
    const page = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const rows = await listOwn(ctx.db.system, sessionOf(call).userId, page)
    return {
      apiKeys: rows.map(apiKeyToProto),
      nextPageToken: nextPageToken(rows, page.limit, (row) => row.apiKeyId),
    }
  }
