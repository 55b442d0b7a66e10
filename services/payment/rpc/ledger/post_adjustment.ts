import { type Handler, sessionOf } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { adjustmentToProto, transferFromProto } from '../../convert_ledger.ts'
import { adjust } from '../../flow/adjust.ts'
import { adjustmentRefusal } from './adjustment_refusal.ts'

/** Corrects the books, or proposes to. */
export const postAdjustment =
  (ctx: Ctx): Handler<typeof LedgerService.method.postAdjustment> =>
  async (req, call) => {
    const { tenantId, ...transfer } = transferFromProto(req.transfer)
    const { adjustmentId, reason } = req
    const order = { adjustmentId, tenantId, reason, makerUserId: sessionOf(call).userId, what: { transfer } }
    try {
      return await ctx.db.once(call, req, async (tx) => ({
        adjustment: adjustmentToProto(await adjust(ctx, tx, order)),
      }))
    } catch (err) {
      throw adjustmentRefusal(err)
    }
  }
