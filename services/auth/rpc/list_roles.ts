import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { listRoles as listAll } from '../store/grants.ts'

export const listRoles =
  (ctx: Ctx): Handler<typeof AuthService.method.listRoles> =>
  async () => {
    return { roles: await listAll(ctx.db.system) }
  }
