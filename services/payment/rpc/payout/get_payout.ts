import { type Handler, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payoutToProto } from '../../convert_payout.ts'
import { itemsOf } from '../../store/payouts.ts'
import { payoutIn } from './common.ts'

/** A payout with its statement. */
export const getPayout =
  (ctx: Ctx): Handler<typeof PayoutService.method.getPayout> =>
  async ({ payoutId }, call) => {
    const [payout, items] = await ctx.db.transaction(
      async (tx) => [await payoutIn(tx, payoutId), await itemsOf(tx, payoutId)] as const,
    )
    return { payout: payoutToProto(payout, sessionOf(call), items) }
  }
