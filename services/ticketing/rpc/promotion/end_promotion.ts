import type { Handler } from '#kit'
import type { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { endPromotion as end } from '../../store/promotions.ts'
import { promotionToProto } from '../../wire/promotion.ts'

/** Ends a promotion before its time. */
export const endPromotion =
  (ctx: Ctx): Handler<typeof PromotionService.method.endPromotion> =>
  async ({ promotionId }) => {
    const ended = await ctx.db.transaction((tx) => end(tx, promotionId, ctx.clock.now()))
    if (!ended) throw promotionUnknown()
    return { promotion: promotionToProto(ended) }
  }

export function promotionUnknown() {
  return refuse('PROMOTION_UNKNOWN', 'no such promotion')
}
