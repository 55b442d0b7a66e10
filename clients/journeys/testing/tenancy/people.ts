import type { AuthService } from '#gen/tms/auth/v1/auth_service_pb.ts'
import { CodePurpose } from '#gen/tms/auth/v1/code_pb.ts'
import type { NotificationService } from '#gen/tms/notification/v1/notification_service_pb.ts'
import { Flag } from '#gen/tms/tenant/v1/feature_flag_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { id, phone } from '../world/companies.ts'
import { anybody, type AttemptsAt, beside, listed, own, platform, refused, service, unknown } from './attempts.ts'

const language = 'rw'
const code = '000000'
const password = 'Ubumwe-n-Amahoro-1962-Rwanda'
/** Of the form of a refresh or invitation token, and nobody's. */
const token = 'x'.repeat(43)

export const atAuth: AttemptsAt<typeof AuthService> = (theirs, ours) => {
  const contact = phone(theirs.facts.phones.manager)
  const { tenantId } = theirs
  const userId = theirs.managerId
  const permission = 'payment.ledger.read'
  return {
    signUp: anybody({ signUpId: id(), contact, password, displayName: 'Nobody', language }),
    confirmSignUp: anybody({ signUpId: id(), code }),
    requestCode: anybody({ codeId: id(), contact, purpose: CodePurpose.LOG_IN, language }),
    verifyContact: beside({ contact, code }),
    logIn: anybody({ contact, password: 'a guess', tenantId }),
    logInWithCode: anybody({ contact, code, tenantId }),
    startGuestSession: anybody({ language }),
    refreshSession: anybody({ refreshToken: token }),
    logOut: anybody({ refreshToken: token }),
    logOutEverywhere: own({}),
    endSession: refused({ sessionId: theirs.sessionId }),
    listSessions: listed({}),
    switchTenant: refused({ tenantId }),
    changePassword: beside({ currentPassword: 'a guess', newPassword: password }),
    requestPasswordReset: anybody({ codeId: id(), contact }),
    resetPassword: anybody({ contact, code, newPassword: password }),
    getProfile: listed({}),
    updateProfile: own({ displayName: 'Ourselves' }),
    listSigningKeys: anybody({}),
    rotateSigningKeys: platform({ retireKeyId: 'any', compromised: true }),
    createApiKey: beside({
      apiKeyId: theirs.apiKeyId,
      name: 'Taken over',
      scopes: ['ticketing.bookings.read'],
      expireTime: timestampFromMs(Date.parse('2026-12-01T00:00:00Z')),
    }),
    listApiKeys: listed({}),
    revokeApiKey: refused({ apiKeyId: theirs.apiKeyId }),
    exchangeApiKey: service,
    listRoles: platform({}),
    updateRole: platform({ role: 'manager', permissions: [] }),
    grantRole: platform({ userId, role: 'admin' }),
    revokeRole: platform({ userId, role: 'passenger' }),
    grantPermission: platform({ userId: ours.managerId, tenantId, permission }),
    revokePermission: platform({ userId, tenantId, permission }),
    listGrants: platform({ userId }),
    checkPermission: service,
    grantTenantRole: service,
    revokeTenantRole: service,
    resolveUser: service,
    batchGetUsers: service,
  }
}

export const atTenant: AttemptsAt<typeof TenantService> = (theirs, ours) => {
  const { tenantId } = theirs
  return {
    createTenant: platform({
      tenantId,
      slug: theirs.facts.slug,
      name: 'Taken over',
      country: 'RW',
      settings: { currency: 'RWF', timeZone: 'Africa/Kigali', languages: ['rw'] },
      manager: phone(ours.facts.phones.manager),
    }),
    getTenant: platform({ tenantId }),
    listTenants: platform({}),
    updateTenant: platform({ tenantId, name: 'Renamed' }),
    suspendTenant: platform({ tenantId, reason: 'rivalry' }),
    resumeTenant: platform({ tenantId }),
    deleteTenant: platform({ tenantId }),
    getSettings: own({}),
    updateSettings: own({ settings: { currency: 'RWF', timeZone: 'Africa/Kigali', languages: ['sw'] } }),
    listMembers: listed({}),
    removeMember: refused({ userId: theirs.driverId }),
    inviteMember: beside({
      invitationId: theirs.invitationId,
      contact: phone(ours.facts.phones.invited),
      role: 'manager',
    }),
    listInvitations: listed({}),
    listMyInvitations: own({}),
    acceptInvitation: refused(
      { proof: { case: 'invitationId', value: theirs.invitationId } },
      { proof: { case: 'token', value: token } },
    ),
    revokeInvitation: refused({ invitationId: theirs.invitationId }),
    setFeatureFlag: platform({ tenantId, flag: Flag.CASH_SALES, enabled: false }),
    listFeatureFlags: own({}),
    batchGetTenants: service,
  }
}

export const atNotification: AttemptsAt<typeof NotificationService> = (theirs) => {
  const [deliveryId = ''] = theirs.deliveryIds
  return {
    listDeliveries: listed({}),
    getDelivery: unknown({ deliveryId }),
    resendDelivery: refused({ idempotencyKey: id(), deliveryId }),
    listTemplates: anybody({}),
    previewTemplate: anybody({ template: 'ticket-issued', language, channel: 1 }),
    receiveDeliveryReport: service,
  }
}
