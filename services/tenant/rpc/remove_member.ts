import { type Handler, sessionOf } from '#kit'
import { MemberRemovedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { isLastManager } from '../domain/managers.ts'
import { refuse } from '../errors.ts'
import { refuseSuspended, refuseWhenOff, tenantUnknown } from '../steps/company.ts'
import { tellAuth } from '../steps/tell_auth.ts'
import { recordRemoval, rolesIn } from '../store/members.ts'
import { lockTenant } from '../store/tenants.ts'

export const removeMember =
  (ctx: Ctx): Handler<typeof TenantService.method.removeMember> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { tenantId = '' } = session
    const removed = await ctx.db.transaction(async (tx) => {
      // Two managers who remove each other at the same time take turns here.
      const tenant = await lockTenant(tx, tenantId)
      if (!tenant) throw tenantUnknown()
      refuseSuspended(tenant)
      await refuseWhenOff(tx, session, tenantId, 'MEMBER_SELF_SERVICE')
      if (isLastManager(await rolesIn(tx, tenantId), req.userId)) {
        throw refuse('LAST_MANAGER', 'a company needs a manager; invite another one first')
      }
      const roles = await recordRemoval(tx, tenantId, req.userId, ctx.clock.now())
      if (roles.length === 0) throw refuse('MEMBER_UNKNOWN', 'this person is no member of your company')
      await tx.publish(MemberRemovedSchema, req.userId, { tenantId, userId: req.userId })
      return roles
    })
    await tellAuth(ctx, removed)
    return {}
  }
