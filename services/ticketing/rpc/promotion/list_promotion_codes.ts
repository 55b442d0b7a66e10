import { type Handler, isTextCursor, nextPageToken, pageOf } from '#kit'
import type { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { listCodes, readPromotion } from '../../store/promotions.ts'
import { promotionUnknown } from './end_promotion.ts'

/** Lists the codes of a promotion, with how often each is redeemed. */
export const listPromotionCodes =
  (ctx: Ctx): Handler<typeof PromotionService.method.listPromotionCodes> =>
  async (req) => {
    const page = pageOf(req, { default: 100, max: 1_000 }, isTextCursor)
    const codes = await ctx.db.transaction(async (tx) => {
      if (!(await readPromotion(tx, req.promotionId))) throw promotionUnknown()
      return listCodes(tx, req.promotionId, page)
    })
    return { codes, nextPageToken: nextPageToken(codes, page.limit, ({ code }) => code) }
  }
