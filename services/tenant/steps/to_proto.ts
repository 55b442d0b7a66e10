import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { Flag, type FeatureFlagSchema } from '#gen/tms/tenant/v1/feature_flag_pb.ts'
import { Invitation_State, type InvitationSchema } from '#gen/tms/tenant/v1/invitation_pb.ts'
import { MemberRole_State, type MemberRoleSchema } from '#gen/tms/tenant/v1/member_pb.ts'
import { Tenant_State, type TenantSchema } from '#gen/tms/tenant/v1/tenant_pb.ts'
import { flagDefaults, type FlagName } from '../domain/flags.ts'
import { invitationState } from '../domain/invitation.ts'
import type { FeatureFlagRow, InvitationRow, MemberRow, TenantRow } from '../store/schema.ts'

/** A company as the wire has it. */
export function tenantToProto(row: TenantRow): MessageInitShape<typeof TenantSchema> {
  const { tenantId, slug, name, country, currency, timeZone, languages, suspendReason, revision } = row
  return {
    tenantId,
    slug,
    name,
    country,
    state: Tenant_State[row.state],
    suspendReason,
    settings: { currency, timeZone, languages },
    revision,
    createTime: timestampFromDate(row.createTime),
    updateTime: timestampFromDate(row.updateTime),
  }
}

/** What TenantCreated and TenantUpdated tell of a company. */
export function tenantNews(row: TenantRow) {
  const { tenantId, slug, name, currency, timeZone, languages, country, revision } = row
  return { tenantId, slug, name, currency, timeZone, languages, country, revision }
}

/** An invitation as the wire has it, without its token. */
export function invitationToProto(
  row: InvitationRow,
  tenantName: string,
  now: Date,
): MessageInitShape<typeof InvitationSchema> {
  const { invitationId, tenantId, phone, email, role } = row
  return {
    invitationId,
    tenantId,
    tenantName,
    contact: { value: phone === null ? { case: 'email', value: email ?? '' } : { case: 'phone', value: phone } },
    role,
    state: Invitation_State[invitationState(row, now)],
    createTime: timestampFromDate(row.createTime),
    expireTime: timestampFromDate(row.expireTime),
    acceptUserId: row.acceptUserId ?? '',
  }
}

/** A role as the wire has it. */
export function roleToProto({ role, state }: MemberRow): MessageInitShape<typeof MemberRoleSchema> {
  return { role, state: state === 'ACTIVE' ? MemberRole_State.ACTIVE : MemberRole_State.GRANTING }
}

/** A flag as the wire has it. @param row undefined while it has its default */
export function flagToProto(
  name: FlagName,
  row: FeatureFlagRow | undefined,
): MessageInitShape<typeof FeatureFlagSchema> {
  return {
    flag: Flag[name],
    enabled: row?.enabled ?? flagDefaults[name],
    ...(row && { updateTime: timestampFromDate(row.updateTime) }),
  }
}
