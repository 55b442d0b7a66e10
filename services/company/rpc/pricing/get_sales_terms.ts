import type { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import type { Handler } from '#kit'
import { companyOf } from '../../companies.ts'
import type { Ctx } from '../../context.ts'
import { listTerms } from '../../store/sales_terms.ts'
import { salesTermsToProto } from '../../wire/sales_terms.ts'
import { tenantOf } from '../common.ts'

/** Reads the terms that count now. */
export const getSalesTerms =
  (ctx: Ctx): Handler<typeof PricingService.method.getSalesTerms> =>
  async (_, call) => {
    const { tenantId } = await companyOf(ctx, tenantOf(call))
    const [newest] = await ctx.db.transaction((tx) => listTerms(tx, tenantId, { limit: 1, before: undefined }))
    return { salesTerms: newest && salesTermsToProto(newest) }
  }
