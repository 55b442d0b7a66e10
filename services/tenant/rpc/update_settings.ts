import { type Handler, sessionOf } from '#kit'
import { TenantUpdatedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { refuseSuspended, refuseWhenOff, tenantUnknown } from '../steps/company.ts'
import { settingsFrom } from '../steps/settings.ts'
import { tenantNews, tenantToProto } from '../steps/to_proto.ts'
import { lockTenant, updateTenant } from '../store/tenants.ts'

export const updateSettings =
  (ctx: Ctx): Handler<typeof TenantService.method.updateSettings> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { tenantId = '' } = session
    const wanted = settingsFrom(req.settings)
    const row = await ctx.db.transaction(async (tx) => {
      const known = await lockTenant(tx, tenantId)
      if (!known) throw tenantUnknown()
      refuseSuspended(known)
      await refuseWhenOff(tx, session, tenantId, 'SETTINGS_SELF_SERVICE')
      const updated = await updateTenant(tx, tenantId, wanted, ctx.clock.now())
      if (!updated) throw tenantUnknown()
      await tx.publish(TenantUpdatedSchema, tenantId, tenantNews(updated))
      return updated
    })
    return { tenant: tenantToProto(row) }
  }
