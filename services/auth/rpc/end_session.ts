import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { endSessions } from '../steps/sessions.ts'
import { ownsSession } from '../store/sessions.ts'

export const endSession =
  (ctx: Ctx): Handler<typeof AuthService.method.endSession> =>
  async (req, call) => {
    const { userId } = sessionOf(call)
    await ctx.db.transaction(async (tx) => {
      if (!(await ownsSession(tx, userId, req.sessionId))) throw refuse('SESSION_UNKNOWN', 'you have no such session')
      await endSessions(ctx, tx, { userId, sessionId: req.sessionId }, 'LOGGED_OUT')
    })
    return {}
  }
