import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuseOtherRoles, refuseUnknownUser } from '../steps/roles.ts'
import { insertRoleGrant } from '../store/grants.ts'

export const grantRole =
  (ctx: Ctx): Handler<typeof AuthService.method.grantRole> =>
  async (req) => {
    const { userId, role } = req
    await ctx.db.transaction(async (tx) => {
      await refuseOtherRoles(tx, role, false)
      await refuseUnknownUser(tx, userId)
      await insertRoleGrant(tx, { userId, role, tenantId: undefined }, ctx.clock.now())
    })
    ctx.happened('auth.role_granted', { role })
    return {}
  }
