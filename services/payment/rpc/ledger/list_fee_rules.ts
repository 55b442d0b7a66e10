import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { feeRuleToProto } from '../../convert_ledger.ts'
import { listFeeRules as list } from '../../store/fee_rules.ts'
import { PAGE } from '../page.ts'

/** Rules, newest first. */
export const listFeeRules =
  (ctx: Ctx): Handler<typeof LedgerService.method.listFeeRules> =>
  async (req) => {
    const { limit, after } = pageOf(req, PAGE, isIdCursor)
    const notOverAt = req.includeEnded ? undefined : ctx.clock.now()
    const rows = await ctx.db.transaction((tx) => list(tx, { limit, after, notOverAt }))
    return {
      feeRules: rows.map(feeRuleToProto),
      nextPageToken: nextPageToken(rows, limit, ({ feeRuleId }) => feeRuleId),
    }
  }
