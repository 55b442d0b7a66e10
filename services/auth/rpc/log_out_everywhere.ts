import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { endSessions } from '../steps/sessions.ts'

export const logOutEverywhere =
  (ctx: Ctx): Handler<typeof AuthService.method.logOutEverywhere> =>
  async (_req, call) => {
    const { userId } = sessionOf(call)
    const endedCount = await ctx.db.transaction((tx) => endSessions(ctx, tx, { userId }, 'LOGGED_OUT'))
    return { endedCount }
  }
