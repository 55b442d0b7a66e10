import type { Handler } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantUnknown } from '../steps/company.ts'
import { tenantToProto } from '../steps/to_proto.ts'
import { findTenant } from '../store/tenants.ts'

export const getTenant =
  (ctx: Ctx): Handler<typeof TenantService.method.getTenant> =>
  async (req) => {
    const row = await ctx.db.transaction((tx) => findTenant(tx, req.tenantId))
    if (!row) throw tenantUnknown()
    return { tenant: tenantToProto(row) }
  }
