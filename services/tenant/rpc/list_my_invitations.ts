import { type Handler, sessionOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { invitationToProto } from '../steps/to_proto.ts'
import { visitorFrom } from '../steps/visitor.ts'
import { listWaiting } from '../store/invitations.ts'
import { findTenants } from '../store/tenants.ts'

const MOST = 50

export const listMyInvitations =
  (ctx: Ctx): Handler<typeof TenantService.method.listMyInvitations> =>
  async (_req, call) => {
    const { verifiedPhone, verifiedEmail } = await visitorFrom(ctx, sessionOf(call).userId, false)
    const now = ctx.clock.now()
    return ctx.db.transaction(async (tx) => {
      const rows = await listWaiting(tx, { phone: verifiedPhone, email: verifiedEmail }, now, MOST)
      const tenants = rows.length === 0 ? [] : await findTenants(tx, [...new Set(rows.map((row) => row.tenantId))])
      const names = new Map(tenants.map(({ tenantId, name }) => [tenantId, name]))
      return { invitations: rows.map((row) => invitationToProto(row, names.get(row.tenantId) ?? '', now)) }
    }, 'system') // invitations of any company, but only those to contacts that are proved to be the caller's
  }
