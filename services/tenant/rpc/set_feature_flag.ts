import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Handler } from '#kit'
import { FeatureFlagChangedSchema } from '#gen/tms/tenant/v1/events_pb.ts'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { tenantUnknown } from '../steps/company.ts'
import { flagNameOf } from '../steps/flags.ts'
import { flagToProto } from '../steps/to_proto.ts'
import { findFlag, saveFlag } from '../store/flags.ts'
import { lockTenant } from '../store/tenants.ts'

export const setFeatureFlag =
  (ctx: Ctx): Handler<typeof TenantService.method.setFeatureFlag> =>
  async (req) => {
    const { tenantId, flag, enabled } = req
    const name = flagNameOf(flag)
    const row = { tenantId, flag: name, enabled, updateTime: ctx.clock.now() }
    const saved = await ctx.db.transaction(async (tx) => {
      const tenant = await lockTenant(tx, tenantId)
      if (!tenant || tenant.state === 'DELETED') throw tenantUnknown()
      const known = await findFlag(tx, tenantId, name)
      if (known?.enabled === enabled) return known
      await saveFlag(tx, row)
      const updateTime = timestampFromDate(row.updateTime)
      await tx.publish(FeatureFlagChangedSchema, tenantId, { tenantId, flag, enabled, updateTime })
      return row
    })
    return { featureFlag: flagToProto(name, saved) }
  }
