import type { Handler } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuseUnknownUser } from '../steps/roles.ts'
import { deletePermissionGrant } from '../store/grants.ts'

export const revokePermission =
  (ctx: Ctx): Handler<typeof AuthService.method.revokePermission> =>
  async (req) => {
    const { userId, permission } = req
    await ctx.db.transaction(async (tx) => {
      await refuseUnknownUser(tx, userId)
      await deletePermissionGrant(tx, { userId, permission, tenantId: req.tenantId || undefined })
    })
    ctx.happened('auth.permission_revoked', { permission })
    return {}
  }
