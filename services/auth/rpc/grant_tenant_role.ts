import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { grantableRole, refuseUnknownUser } from '../steps/roles.ts'
import { saveTenantRole } from '../store/grants.ts'

export const grantTenantRole =
  (ctx: Ctx): Handler<typeof AuthService.method.grantTenantRole> =>
  async (req) => {
    const { userId, tenantId, role, revision } = req
    await ctx.db.transaction(async (tx) => {
      await grantableRole(tx, role, true)
      await refuseUnknownUser(tx, userId)
      await saveTenantRole(tx, { userId, role, tenantId, revision, revoked: false }, ctx.clock.now())
    })
    ctx.happened('auth.role_granted', { role })
    return {}
  }
