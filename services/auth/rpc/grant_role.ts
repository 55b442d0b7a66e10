import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { grantableRole, refuseNotHeld, refuseUnknownUser } from '../steps/roles.ts'
import { insertRoleGrant } from '../store/grants.ts'

export const grantRole =
  (ctx: Ctx): Handler<typeof AuthService.method.grantRole> =>
  async (req, call) => {
    const { userId, role } = req
    await ctx.db.transaction(async (tx) => {
      const { permissions } = await grantableRole(tx, role, false)
      refuseNotHeld(sessionOf(call), permissions)
      await refuseUnknownUser(tx, userId)
      await insertRoleGrant(tx, { userId, role, tenantId: undefined }, ctx.clock.now())
    })
    ctx.happened('auth.role_granted', { role })
    return {}
  }
