import type { Handler } from '#kit'
import { TenantDeletedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuse } from '../errors.ts'
import { tenantUnknown } from '../steps/company.ts'
import { lockTenant, updateTenant } from '../store/tenants.ts'

export const deleteTenant =
  (ctx: Ctx): Handler<typeof TenantService.method.deleteTenant> =>
  async ({ tenantId }) => {
    await ctx.db.transaction(async (tx) => {
      const known = await lockTenant(tx, tenantId)
      if (!known) throw tenantUnknown()
      if (known.state === 'ACTIVE') throw refuse('TENANT_ACTIVE', 'suspend the company first')
      const updated = await updateTenant(tx, tenantId, { state: 'DELETED' }, ctx.clock.now())
      // Deleted before: a repeat changes nothing.
      if (!updated) return
      await tx.publish(TenantDeletedSchema, tenantId, { tenantId, revision: updated.revision })
      ctx.happened('tenant.deleted')
    })
    return {}
  }
