import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { conditionFromProto } from '../steps/conditions.ts'
import { refuseUnknownUser } from '../steps/roles.ts'
import { savePermissionGrant } from '../store/grants.ts'

export const grantPermission =
  (ctx: Ctx): Handler<typeof AuthService.method.grantPermission> =>
  async (req, call) => {
    const { userId, permission } = req
    if (!sessionOf(call).can(permission)) {
      throw refuse('PERMISSION_NOT_HELD', `you do not have ${permission} yourself`, { permission })
    }
    const grant = {
      userId,
      permission,
      tenantId: req.tenantId || undefined,
      condition: conditionFromProto(req.condition),
    }
    await ctx.db.transaction(async (tx) => {
      await refuseUnknownUser(tx, userId)
      await savePermissionGrant(tx, grant, ctx.clock.now())
    })
    ctx.happened('auth.permission_granted', { permission })
    return {}
  }
