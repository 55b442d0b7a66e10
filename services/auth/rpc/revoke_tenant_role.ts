import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { grantableRole, refuseUnknownUser } from '../steps/roles.ts'
import { endSessions } from '../steps/sessions.ts'
import { saveTenantRole } from '../store/grants.ts'

export const revokeTenantRole =
  (ctx: Ctx): Handler<typeof AuthService.method.revokeTenantRole> =>
  async (req) => {
    const { userId, tenantId, role, revision } = req
    await ctx.db.transaction(async (tx) => {
      await grantableRole(tx, role, true)
      await refuseUnknownUser(tx, userId)
      const isNews = await saveTenantRole(tx, { userId, role, tenantId, revision, revoked: true }, ctx.clock.now())
      if (isNews) await endSessions(ctx, tx, { userId, tenantId }, 'ROLE_REVOKED')
    })
    ctx.happened('auth.role_revoked', { role })
    return {}
  }
