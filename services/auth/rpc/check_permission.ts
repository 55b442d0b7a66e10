import type { Handler, Resource } from '#kit'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { type CheckPermissionRequest, CheckPermissionResponse_Decision as Decision } from '#gen/tms/auth/v1/grant_pb.ts'
import type { Ctx } from '../context.ts'
import { accessOf, allows } from '../domain/access.ts'
import { decide } from '../domain/condition.ts'
import { amountFrom } from '../steps/conditions.ts'
import { grantsOf } from '../store/grants.ts'

export const checkPermission =
  (ctx: Ctx): Handler<typeof AuthService.method.checkPermission> =>
  async (req) => {
    const grants = await grantsOf(ctx.db.system, req.userId)
    const access = accessOf(grants, req.tenantId || undefined)
    if (allows(access.permissions, req.permission)) return { decision: Decision.ALLOWED }
    const condition = access.conditional[req.permission]
    if (!condition) return { decision: Decision.NOT_GRANTED }
    return { decision: Decision[decide(condition, req.userId, resourceOf(req))] }
  }

function resourceOf(req: CheckPermissionRequest): Resource {
  return {
    ...(req.ownerUserId !== '' && { ownerUserId: req.ownerUserId }),
    ...(req.stationId !== '' && { stationId: req.stationId }),
    ...(req.amount && { amount: amountFrom(req.amount, 'amount') }),
  }
}
