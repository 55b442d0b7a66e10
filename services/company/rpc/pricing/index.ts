import type { ServiceImpl } from '@connectrpc/connect'
import type { PricingService } from '#gen/tms/company/v1/pricing_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { getSalesTerms } from './get_sales_terms.ts'
import { listSalesTerms } from './list_sales_terms.ts'
import { setSalesTerms } from './set_sales_terms.ts'

/** Every method of PricingService. */
export const pricingRpcs = (ctx: Ctx): ServiceImpl<typeof PricingService> => ({
  getSalesTerms: getSalesTerms(ctx),
  setSalesTerms: setSalesTerms(ctx),
  listSalesTerms: listSalesTerms(ctx),
})
