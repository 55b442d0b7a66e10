import type { Handler } from '#kit'
import { TenantSuspendedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantUnknown } from '../steps/company.ts'
import { tenantToProto } from '../steps/to_proto.ts'
import { lockTenant, updateTenant } from '../store/tenants.ts'

export const suspendTenant =
  (ctx: Ctx): Handler<typeof TenantService.method.suspendTenant> =>
  async (req) => {
    const { tenantId, reason } = req
    const row = await ctx.db.transaction(async (tx) => {
      const known = await lockTenant(tx, tenantId)
      if (known?.state === 'SUSPENDED' && known.suspendReason === reason) return known
      const change = { state: 'SUSPENDED', suspendReason: reason } as const
      const updated = await updateTenant(tx, tenantId, change, ctx.clock.now())
      if (!updated) throw tenantUnknown()
      await tx.publish(TenantSuspendedSchema, tenantId, { tenantId, reason, revision: updated.revision })
      return updated
    })
    ctx.happened('tenant.suspended')
    return { tenant: tenantToProto(row) }
  }
