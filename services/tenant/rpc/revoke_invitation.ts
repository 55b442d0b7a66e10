import { type Handler, sessionOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { workingTenant } from '../steps/company.ts'
import { invitationToProto } from '../steps/to_proto.ts'
import { lockInvitation, markRevoked } from '../store/invitations.ts'

export const revokeInvitation =
  (ctx: Ctx): Handler<typeof TenantService.method.revokeInvitation> =>
  async ({ invitationId }, call) => {
    const { tenantId = '' } = sessionOf(call)
    const now = ctx.clock.now()
    return ctx.db.transaction(async (tx) => {
      const { name } = await workingTenant(tx, tenantId)
      const row = await lockInvitation(tx, invitationId)
      if (!row) throw refuse('INVITATION_UNKNOWN', 'no such invitation in your company')
      if (row.acceptTime) throw refuse('INVITATION_ACCEPTED', 'somebody joined by this invitation; remove the member')
      const revokeTime = row.revokeTime ?? now
      if (!row.revokeTime) await markRevoked(tx, invitationId, now)
      return { invitation: invitationToProto({ ...row, revokeTime }, name, now) }
    })
  }
