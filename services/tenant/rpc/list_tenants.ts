import { type Handler, isTextCursor, nextPageToken, pageOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantToProto } from '../steps/to_proto.ts'
import { listTenants as listPage } from '../store/tenants.ts'

export const listTenants =
  (ctx: Ctx): Handler<typeof TenantService.method.listTenants> =>
  async (req) => {
    const page = pageOf(req, { default: 50, max: 200 }, isTextCursor)
    const rows = await ctx.db.transaction((tx) => listPage(tx, page))
    return { tenants: rows.map(tenantToProto), nextPageToken: nextPageToken(rows, page.limit, (row) => row.slug) }
  }
