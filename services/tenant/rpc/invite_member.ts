import { type Handler, sessionOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { refuseWhenOff, workingTenant } from '../steps/company.ts'
import { contactFrom } from '../steps/contact.ts'
import { invite } from '../steps/invite.ts'
import { invitationToProto } from '../steps/to_proto.ts'
import { isInvitationIdTaken } from '../store/invitations.ts'
import type { MemberRoleName } from '../store/schema.ts'

export const inviteMember =
  (ctx: Ctx): Handler<typeof TenantService.method.inviteMember> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { tenantId = '' } = session
    const { invitationId, language } = req
    const contact = contactFrom(req.contact)
    // The contract's pattern lets no other text through.
    const role = req.role as MemberRoleName
    const sent = ctx.db.once(call, req, async (tx) => {
      const tenant = await workingTenant(tx, tenantId)
      await refuseWhenOff(tx, session, tenantId, 'MEMBER_SELF_SERVICE')
      const row = await invite(ctx, tx, tenant, { invitationId, contact, role, language })
      return { invitation: invitationToProto(row, tenant.name, ctx.clock.now()) }
    })
    return sent.catch((err: unknown) => {
      throw isInvitationIdTaken(err) ? refuse('ID_TAKEN', 'this invitation_id is in use; choose another') : err
    })
  }
