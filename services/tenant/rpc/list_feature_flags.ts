import { type Handler, sessionOf } from '#kit'
import type { TenantService } from '#gen/tms/tenant/v1/tenant_service_pb.ts'
import type { Ctx } from '../context.ts'
import { flagNames } from '../domain/flags.ts'
import { flagToProto } from '../steps/to_proto.ts'
import { listFlags } from '../store/flags.ts'

export const listFeatureFlags =
  (ctx: Ctx): Handler<typeof TenantService.method.listFeatureFlags> =>
  async (_req, call) => {
    const { tenantId = '' } = sessionOf(call)
    const rows = await ctx.db.transaction((tx) => listFlags(tx, tenantId))
    const set = new Map(rows.map((row) => [row.flag, row]))
    return { featureFlags: flagNames.map((name) => flagToProto(name, set.get(name))) }
  }
