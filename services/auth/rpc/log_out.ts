import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { hashOfSecret } from '../crypto/random.ts'
import { endSessions } from '../steps/sessions.ts'
import { findRefreshToken } from '../store/refresh_tokens.ts'

export const logOut =
  (ctx: Ctx): Handler<typeof AuthService.method.logOut> =>
  async (req) => {
    await ctx.db.transaction(async (tx) => {
      const token = await findRefreshToken(tx, hashOfSecret(req.refreshToken))
      if (token) await endSessions(ctx, tx, { sessionId: token.sessionId }, 'LOGGED_OUT')
    })
    return {}
  }
