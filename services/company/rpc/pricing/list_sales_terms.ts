import type { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import type { Handler } from '#kit'
import type { Ctx } from '../../context.ts'
import { listTerms } from '../../store/sales_terms.ts'
import { salesTermsToProto } from '../../wire/sales_terms.ts'
import { tenantOf } from '../common.ts'

const PAGE_SIZE = 20

/** Lists the versions of a company's terms. */
export const listSalesTerms =
  (ctx: Ctx): Handler<typeof PricingService.method.listSalesTerms> =>
  async ({ pageSize, beforeVersion }, call) => {
    const tenantId = tenantOf(call)
    const page = { limit: pageSize || PAGE_SIZE, before: beforeVersion === 0n ? undefined : beforeVersion }
    const rows = await ctx.db.transaction((tx) => listTerms(tx, tenantId, page))
    return { salesTerms: rows.map(salesTermsToProto) }
  }
