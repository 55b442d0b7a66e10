import type { Handler } from '#kit'
import type { TillService } from '#gen/tms/payment/v1/till_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { paidInCash } from '../../store/cash_collections.ts'

/** Whether notes were taken for a payment. */
export const getCashPayment =
  (ctx: Ctx): Handler<typeof TillService.method.getCashPayment> =>
  async ({ paymentIntentId }) => {
    // All rows: only services call this, for whatever company.
    const cash = await paidInCash(ctx.db.system, paymentIntentId)
    if (cash === undefined) throw refuse('INTENT_UNKNOWN', 'there is no such payment')
    return { cash }
  }
