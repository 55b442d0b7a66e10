import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { allows } from '../domain/access.ts'
import { refuse } from '../errors.ts'
import { refuseNotHeld } from '../steps/roles.ts'
import { lockRole, setPermissions } from '../store/grants.ts'

export const updateRole =
  (ctx: Ctx): Handler<typeof AuthService.method.updateRole> =>
  async (req, call) => {
    if (req.role === 'admin') throw refuse('ROLE_FIXED', 'what administrators may do cannot be changed')
    const role = await ctx.db.transaction(async (tx) => {
      const known = await lockRole(tx, req.role)
      if (!known) throw refuse('ROLE_UNKNOWN', `there is no role ${req.role}`)
      const added = req.permissions.filter((permission) => !allows(known.permissions, permission))
      refuseNotHeld(sessionOf(call), added)
      await setPermissions(tx, req.role, req.permissions)
      return { ...known, permissions: req.permissions }
    })
    ctx.happened('auth.role_updated', { role: role.role })
    return { role }
  }
