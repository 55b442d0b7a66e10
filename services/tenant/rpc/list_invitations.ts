import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { invitationToProto } from '../steps/to_proto.ts'
import { listInvitations as listPage } from '../store/invitations.ts'
import { findTenant } from '../store/tenants.ts'

export const listInvitations =
  (ctx: Ctx): Handler<typeof TenantService.method.listInvitations> =>
  async (req, call) => {
    const { tenantId = '' } = sessionOf(call)
    const page = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const now = ctx.clock.now()
    return ctx.db.transaction(async (tx) => {
      const name = (await findTenant(tx, tenantId))?.name ?? ''
      const rows = await listPage(tx, tenantId, page)
      return {
        invitations: rows.map((row) => invitationToProto(row, name, now)),
        nextPageToken: nextPageToken(rows, page.limit, (row) => row.invitationId),
      }
    })
  }
