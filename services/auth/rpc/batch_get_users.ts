import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { profileOf } from '../steps/accounts.ts'
import { findUsers } from '../store/users.ts'

export const batchGetUsers =
  (ctx: Ctx): Handler<typeof AuthService.method.batchGetUsers> =>
  async (req) => {
    const users = await findUsers(ctx.db.system, req.userIds)
    return { users: users.map(profileOf) }
  }
