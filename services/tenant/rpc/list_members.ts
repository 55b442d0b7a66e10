import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { membersOf } from '../steps/members.ts'
import { listMembers as listPage } from '../store/members.ts'

export const listMembers =
  (ctx: Ctx): Handler<typeof TenantService.method.listMembers> =>
  async (req, call) => {
    const { tenantId = '' } = sessionOf(call)
    const page = pageOf(req, { default: 50, max: 200 }, isIdCursor)
    const rows = await ctx.db.transaction((tx) => listPage(tx, tenantId, page))
    const members = await membersOf(ctx, rows)
    return { members, nextPageToken: nextPageToken(members, page.limit, (member) => member.userId) }
  }
