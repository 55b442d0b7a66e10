import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { setPermissions } from '../store/grants.ts'

export const updateRole =
  (ctx: Ctx): Handler<typeof AuthService.method.updateRole> =>
  async (req) => {
    if (req.role === 'admin') throw refuse('ROLE_FIXED', 'what administrators may do cannot be changed')
    const role = await setPermissions(ctx.db.system, req.role, req.permissions)
    if (!role) throw refuse('ROLE_UNKNOWN', `there is no role ${req.role}`)
    ctx.happened('auth.role_updated', { role: role.role })
    return { role }
  }
