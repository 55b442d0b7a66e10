import { type Handler, sessionOf, type Tx } from '#kit'
import { MemberJoinedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { AcceptInvitationRequest } from '#gen/tms/tenant/v1/invitation_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { type Admission, admit, type Visitor } from '../domain/invitation.ts'
import { refuse } from '../errors.ts'
import { workingTenant } from '../steps/company.ts'
import { hashOfToken } from '../steps/invite.ts'
import { membersOf } from '../steps/members.ts'
import { tellAuth } from '../steps/tell_auth.ts'
import { visitorFrom } from '../steps/visitor.ts'
import { findByToken, findInvitation, lockInvitation, markAccepted } from '../store/invitations.ts'
import { recordRole, rolesOf } from '../store/members.ts'
import type { InvitationRow } from '../store/schema.ts'

export const acceptInvitation =
  (ctx: Ctx): Handler<typeof TenantService.method.acceptInvitation> =>
  async ({ proof }, call) => {
    const { userId } = sessionOf(call)
    const found = await invitationFor(ctx, proof)
    if (!found) throw refusal('UNKNOWN')
    const visitor = await visitorFrom(ctx, userId, proof.case === 'token')
    const { tenantId, invitationId } = found
    // As the company, which its own invitation names: the visitor acts for none yet.
    const roles = await ctx.db.transaction((tx) => join(ctx, tx, tenantId, invitationId, visitor), { tenantId })
    await tellAuth(ctx, roles)
    const settled = await ctx.db.transaction((tx) => rolesOf(tx, tenantId, userId), { tenantId })
    const [member] = await membersOf(ctx, settled)
    return { ...(member && { member }), tenantId }
  }

/** Of all companies: what proves that it is the visitor's is looked at before anything of it is told. */
async function invitationFor(ctx: Ctx, proof: AcceptInvitationRequest['proof']): Promise<InvitationRow | undefined> {
  if (proof.case === 'token') return findByToken(ctx.db.system, hashOfToken(proof.value))
  return findInvitation(ctx.db.system, proof.value ?? '')
}

async function join(ctx: Ctx, tx: Tx, tenantId: string, invitationId: string, visitor: Visitor) {
  const now = ctx.clock.now()
  const row = await lockInvitation(tx, invitationId)
  const admission = row ? admit(row, visitor, now) : 'UNKNOWN'
  if (admission !== 'JOIN' && admission !== 'JOINED_BEFORE') throw refusal(admission)
  await workingTenant(tx, tenantId)
  if (row && admission === 'JOIN') {
    const { role } = row
    await markAccepted(tx, invitationId, visitor.userId, now)
    await recordRole(tx, { tenantId, userId: visitor.userId, role }, now)
    await tx.publish(MemberJoinedSchema, visitor.userId, { tenantId, userId: visitor.userId, role })
    ctx.happened('tenant.member_joined', { role })
  }
  return rolesOf(tx, tenantId, visitor.userId)
}

function refusal(admission: Exclude<Admission, 'JOIN' | 'JOINED_BEFORE'>) {
  switch (admission) {
    case 'UNKNOWN':
      return refuse('INVITATION_UNKNOWN', 'no such invitation for you')
    case 'UNVERIFIED':
      return refuse('CONTACT_UNVERIFIED', 'verify a phone number or an e-mail address first')
    case 'EXPIRED':
      return refuse('INVITATION_EXPIRED', 'this invitation ran out; ask for another')
    case 'REVOKED':
      return refuse('INVITATION_REVOKED', 'this invitation was taken back')
    case 'ACCEPTED':
      return refuse('INVITATION_ACCEPTED', 'somebody accepted this invitation before')
  }
}
