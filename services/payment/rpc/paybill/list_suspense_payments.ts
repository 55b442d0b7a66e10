import { type Handler, nextPageToken, pageOf } from '#kit'
import type { PaybillService } from '#gen/tms/payment/v1/paybill_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { intentToProto } from '../../convert.ts'
import { NOBODY } from '../../domain/paybill.ts'
import { type IntentCursor, listIntents } from '../../store/intents.ts'
import { PAGE } from '../page.ts'

/** Payments that no order explains, newest first. */
export const listSuspensePayments =
  (ctx: Ctx): Handler<typeof PaybillService.method.listSuspensePayments> =>
  async (req) => {
    const { limit, after } = pageOf<IntentCursor>(req, PAGE)
    const filter = { limit, after, state: 'SUCCEEDED' as const, tenantId: NOBODY }
    const views = await ctx.db.transaction((tx) => listIntents(tx, filter), { tenantId: NOBODY })
    return {
      payments: views.map(intentToProto),
      nextPageToken: nextPageToken(views, limit, ({ intent }): IntentCursor => {
        return { createTime: intent.createTime.toISOString(), paymentIntentId: intent.paymentIntentId }
      }),
    }
  }
