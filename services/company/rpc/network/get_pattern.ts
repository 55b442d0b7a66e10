import type { NetworkService } from '#gen/tms/company/v1/network_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { requirePattern } from '../required.ts'

/** Reads the way of a pattern for another service, which has its id and the company's from a trip. */
export const getPattern =
  (ctx: Ctx): Handler<typeof NetworkService.method.getPattern> =>
  async ({ tenantId, patternId }) => {
    const { pathPolyline } = await ctx.db.transaction((tx) => requirePattern(tx, tenantId, patternId), { tenantId })
    return { pathPolyline }
  }
