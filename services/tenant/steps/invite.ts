import { createHash, randomBytes } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '#kit'
import { MemberInvitedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { insertInvitation } from '../store/invitations.ts'
import type { InvitationRow, MemberRoleName, TenantRow } from '../store/schema.ts'
import type { InvitedContact } from './contact.ts'

/** An invitation that is wanted. */
export type WantedInvitation = {
  readonly invitationId: string
  readonly contact: InvitedContact
  readonly role: MemberRoleName
  /** Empty for the company's first language. */
  readonly language: string
}

const DAY_MS = 86_400_000

/** What is stored of an invitation's token. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Records an invitation and has it sent. The token leaves in the event and is kept nowhere here. */
export async function invite(ctx: Ctx, tx: Tx, tenant: TenantRow, wanted: WantedInvitation): Promise<InvitationRow> {
  const { invitationId, contact, role, language } = wanted
  const createTime = ctx.clock.now()
  const token = randomBytes(32).toString('base64url')
  const row: InvitationRow = {
    invitationId,
    tenantId: tenant.tenantId,
    ...contact,
    role,
    tokenHash: hashOfToken(token),
    createTime,
    expireTime: new Date(createTime.getTime() + ctx.settings.invitationDays * DAY_MS),
    acceptTime: null,
    acceptUserId: null,
    revokeTime: null,
  }
  await insertInvitation(tx, row)
  await tx.publish(MemberInvitedSchema, invitationId, {
    tenantId: tenant.tenantId,
    invitationId,
    tenantName: tenant.name,
    phone: contact.phone ?? '',
    email: contact.email ?? '',
    role,
    token,
    language: language || (tenant.languages[0] ?? 'en'),
    expireTime: timestampFromDate(row.expireTime),
  })
  return row
}
