import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { guardAttempt } from '../steps/guard.ts'
import { refuseCommonPassword } from '../steps/passwords.ts'
import { endSessions } from '../steps/sessions.ts'
import { toolsOf } from '../steps/tools.ts'
import { findUser, updateUser } from '../store/users.ts'

export const changePassword =
  (ctx: Ctx): Handler<typeof AuthService.method.changePassword> =>
  async (req, call) => {
    const { userId, sessionId } = sessionOf(call)
    const { passwords } = toolsOf(ctx)
    const user = await findUser(ctx.db.system, userId)
    refuseCommonPassword(
      req.newPassword,
      [user?.phone ?? null, user?.email ?? null, user?.displayName ?? null],
      'new_password',
    )
    // Whoever found an unlocked phone may not guess here what log-in would not let them guess.
    const guard = await guardAttempt(ctx, call, userId)
    if (!(await passwords.matches(user?.passwordHash ?? undefined, req.currentPassword))) {
      throw refuse('CREDENTIALS_WRONG', 'this is not the current password')
    }
    await guard.succeeded()
    const passwordHash = await passwords.hash(req.newPassword)
    await ctx.db.transaction(async (tx) => {
      await updateUser(tx, userId, { passwordHash, updateTime: ctx.clock.now() })
      await endSessions(ctx, tx, { userId, except: sessionId }, 'PASSWORD_CHANGED')
    })
    ctx.happened('auth.password_changed', { by: 'password' })
    return {}
  }
