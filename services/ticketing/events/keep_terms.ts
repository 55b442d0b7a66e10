import { on } from '#kit'
import { SalesTermsSetSchema } from '#gen/tms/company/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { keepTerms as keep } from '../store/sales_terms.ts'
import { termsFromProto } from '../wire/sales_terms.ts'

/** A company sells under new terms: what is priced from now on follows them. */
export const keepTerms = on(
  SalesTermsSetSchema,
  async (_ctx: Ctx, tx, { tenantId, salesTerms }) => {
    if (salesTerms) await keep(tx, tenantId, termsFromProto(salesTerms))
  },
  { name: 'keep-terms' },
)
