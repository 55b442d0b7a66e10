import type { Handler } from '#kit'
import { TenantUpdatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantUnknown } from '../steps/company.ts'
import { tenantNews, tenantToProto } from '../steps/to_proto.ts'
import { updateTenant as change } from '../store/tenants.ts'

export const updateTenant =
  (ctx: Ctx): Handler<typeof TenantService.method.updateTenant> =>
  async (req) => {
    const { tenantId, name, country } = req
    const row = await ctx.db.transaction(async (tx) => {
      const wanted = { ...(name !== undefined && { name }), ...(country !== undefined && { country }) }
      const updated = await change(tx, tenantId, wanted, ctx.clock.now())
      if (!updated) throw tenantUnknown()
      await tx.publish(TenantUpdatedSchema, tenantId, tenantNews(updated))
      return updated
    })
    return { tenant: tenantToProto(row) }
  }
