import type { ServiceImpl } from '@connectrpc/connect'
import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import type { Ctx } from '../context.ts'
import { batchGetUsers } from './batch_get_users.ts'
import { changePassword } from './change_password.ts'
import { checkPermission } from './check_permission.ts'
import { confirmSignUp } from './confirm_sign_up.ts'
import { createApiKey } from './create_api_key.ts'
import { endSession } from './end_session.ts'
import { exchangeApiKey } from './exchange_api_key.ts'
import { getProfile } from './get_profile.ts'
import { grantPermission } from './grant_permission.ts'
import { grantRole } from './grant_role.ts'
import { grantTenantRole } from './grant_tenant_role.ts'
import { listApiKeys } from './list_api_keys.ts'
import { listGrants } from './list_grants.ts'
import { listRoles } from './list_roles.ts'
import { listSessions } from './list_sessions.ts'
import { listSigningKeys } from './list_signing_keys.ts'
import { logIn } from './log_in.ts'
import { logInWithCode } from './log_in_with_code.ts'
import { logOut } from './log_out.ts'
import { logOutEverywhere } from './log_out_everywhere.ts'
import { refreshSession } from './refresh_session.ts'
import { requestCode } from './request_code.ts'
import { requestPasswordReset } from './request_password_reset.ts'
import { resetPassword } from './reset_password.ts'
import { resolveUser } from './resolve_user.ts'
import { revokeApiKey } from './revoke_api_key.ts'
import { revokePermission } from './revoke_permission.ts'
import { revokeRole } from './revoke_role.ts'
import { revokeTenantRole } from './revoke_tenant_role.ts'
import { rotateSigningKeys } from './rotate_signing_keys.ts'
import { signUp } from './sign_up.ts'
import { startGuestSession } from './start_guest_session.ts'
import { switchTenant } from './switch_tenant.ts'
import { updateProfile } from './update_profile.ts'
import { updateRole } from './update_role.ts'
import { verifyContact } from './verify_contact.ts'

/** Every RPC of auth, in the order of its contract. */
export const rpcs = (ctx: Ctx): ServiceImpl<typeof AuthService> => ({
  signUp: signUp(ctx),
  confirmSignUp: confirmSignUp(ctx),
  requestCode: requestCode(ctx),
  verifyContact: verifyContact(ctx),
  logIn: logIn(ctx),
  logInWithCode: logInWithCode(ctx),
  startGuestSession: startGuestSession(ctx),
  refreshSession: refreshSession(ctx),
  logOut: logOut(ctx),
  logOutEverywhere: logOutEverywhere(ctx),
  endSession: endSession(ctx),
  listSessions: listSessions(ctx),
  switchTenant: switchTenant(ctx),
  changePassword: changePassword(ctx),
  requestPasswordReset: requestPasswordReset(ctx),
  resetPassword: resetPassword(ctx),
  getProfile: getProfile(ctx),
  updateProfile: updateProfile(ctx),
  listSigningKeys: listSigningKeys(ctx),
  rotateSigningKeys: rotateSigningKeys(ctx),
  createApiKey: createApiKey(ctx),
  listApiKeys: listApiKeys(ctx),
  revokeApiKey: revokeApiKey(ctx),
  exchangeApiKey: exchangeApiKey(ctx),
  listRoles: listRoles(ctx),
  updateRole: updateRole(ctx),
  grantRole: grantRole(ctx),
  revokeRole: revokeRole(ctx),
  grantPermission: grantPermission(ctx),
  revokePermission: revokePermission(ctx),
  listGrants: listGrants(ctx),
  checkPermission: checkPermission(ctx),
  grantTenantRole: grantTenantRole(ctx),
  revokeTenantRole: revokeTenantRole(ctx),
  resolveUser: resolveUser(ctx),
  batchGetUsers: batchGetUsers(ctx),
})
