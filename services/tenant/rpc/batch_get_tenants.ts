import type { Handler } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantToProto } from '../steps/to_proto.ts'
import { findTenants } from '../store/tenants.ts'

export const batchGetTenants =
  (ctx: Ctx): Handler<typeof TenantService.method.batchGetTenants> =>
  async (req) => {
    const rows = await ctx.db.transaction((tx) => findTenants(tx, req.tenantIds))
    return { tenants: rows.map(tenantToProto) }
  }
