import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { profileOf } from '../steps/accounts.ts'
import { updateUser } from '../store/users.ts'

export const updateProfile =
  (ctx: Ctx): Handler<typeof AuthService.method.updateProfile> =>
  async (req, call) => {
    const { displayName, language } = req
    const user = await updateUser(ctx.db.system, sessionOf(call).userId, {
      ...(displayName !== undefined && { displayName }),
      ...(language !== undefined && { language }),
      updateTime: ctx.clock.now(),
    })
    if (!user) throw refuse('USER_UNKNOWN', 'no such account')
    return { profile: profileOf(user) }
  }
