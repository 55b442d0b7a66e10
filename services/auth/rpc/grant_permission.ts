import { type Handler, sessionOf } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { conditionFromProto } from '../steps/conditions.ts'
import { refuseNotHeld, refuseUnknownUser } from '../steps/roles.ts'
import { savePermissionGrant } from '../store/grants.ts'

export const grantPermission =
  (ctx: Ctx): Handler<typeof AuthService.method.grantPermission> =>
  async (req, call) => {
    const { userId, permission } = req
    refuseNotHeld(sessionOf(call), [permission])
    const condition = conditionFromProto(req.condition)
    await ctx.db.transaction(async (tx) => {
      await refuseUnknownUser(tx, userId)
      const grant = { userId, permission, tenantId: req.tenantId || undefined, condition }
      await savePermissionGrant(tx, grant, ctx.clock.now())
    })
    ctx.happened('auth.permission_granted', { permission })
    return {}
  }
