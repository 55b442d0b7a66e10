import type { ServiceImpl } from '@connectrpc/connect'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { acceptInvitation } from './accept_invitation.ts'
import { batchGetTenants } from './batch_get_tenants.ts'
import { createTenant } from './create_tenant.ts'
import { deleteTenant } from './delete_tenant.ts'
import { getSettings } from './get_settings.ts'
import { getTenant } from './get_tenant.ts'
import { inviteMember } from './invite_member.ts'
import { listFeatureFlags } from './list_feature_flags.ts'
import { listInvitations } from './list_invitations.ts'
import { listMembers } from './list_members.ts'
import { listMyInvitations } from './list_my_invitations.ts'
import { listTenants } from './list_tenants.ts'
import { removeMember } from './remove_member.ts'
import { resumeTenant } from './resume_tenant.ts'
import { revokeInvitation } from './revoke_invitation.ts'
import { setFeatureFlag } from './set_feature_flag.ts'
import { suspendTenant } from './suspend_tenant.ts'
import { updateSettings } from './update_settings.ts'
import { updateTenant } from './update_tenant.ts'

/** Every RPC of tenant, in the order of its contract. */
export const rpcs = (ctx: Ctx): ServiceImpl<typeof TenantService> => ({
  createTenant: createTenant(ctx),
  getTenant: getTenant(ctx),
  listTenants: listTenants(ctx),
  updateTenant: updateTenant(ctx),
  suspendTenant: suspendTenant(ctx),
  resumeTenant: resumeTenant(ctx),
  deleteTenant: deleteTenant(ctx),
  getSettings: getSettings(ctx),
  updateSettings: updateSettings(ctx),
  listMembers: listMembers(ctx),
  removeMember: removeMember(ctx),
  inviteMember: inviteMember(ctx),
  listInvitations: listInvitations(ctx),
  listMyInvitations: listMyInvitations(ctx),
  acceptInvitation: acceptInvitation(ctx),
  revokeInvitation: revokeInvitation(ctx),
  setFeatureFlag: setFeatureFlag(ctx),
  listFeatureFlags: listFeatureFlags(ctx),
  batchGetTenants: batchGetTenants(ctx),
})
