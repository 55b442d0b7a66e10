import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import type { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listPromotions as list } from '../../store/promotions.ts'
import { promotionToProto } from '../../wire/promotion.ts'

/** Lists the promotions of the caller's company. */
export const listPromotions =
  (ctx: Ctx): Handler<typeof PromotionService.method.listPromotions> =>
  async (req) => {
    const page = pageOf(req, { default: 20, max: 100 }, isIdCursor)
    const promotions = await ctx.db.transaction((tx) => list(tx, page))
    return {
      promotions: promotions.map(promotionToProto),
      nextPageToken: nextPageToken(promotions, page.limit, ({ promotionId }) => promotionId),
    }
  }
