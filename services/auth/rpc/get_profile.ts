import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { profileOf } from '../steps/accounts.ts'
import { findUser } from '../store/users.ts'

export const getProfile =
  (ctx: Ctx): Handler<typeof AuthService.method.getProfile> =>
  async (_req, call) => {
    const user = await findUser(ctx.db.system, sessionOf(call).userId)
    if (!user) throw refuse('USER_UNKNOWN', 'no such account')
    return { profile: profileOf(user) }
  }
