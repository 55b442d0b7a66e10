import type { Handler } from '#kit'
import { TenantResumedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantUnknown } from '../steps/company.ts'
import { tenantToProto } from '../steps/to_proto.ts'
import { lockTenant, updateTenant } from '../store/tenants.ts'

export const resumeTenant =
  (ctx: Ctx): Handler<typeof TenantService.method.resumeTenant> =>
  async ({ tenantId }) => {
    const row = await ctx.db.transaction(async (tx) => {
      const known = await lockTenant(tx, tenantId)
      if (known?.state === 'ACTIVE') return known
      const updated = await updateTenant(tx, tenantId, { state: 'ACTIVE', suspendReason: '' }, ctx.clock.now())
      if (!updated) throw tenantUnknown()
      await tx.publish(TenantResumedSchema, tenantId, { tenantId, revision: updated.revision })
      return updated
    })
    ctx.happened('tenant.resumed')
    return { tenant: tenantToProto(row) }
  }
