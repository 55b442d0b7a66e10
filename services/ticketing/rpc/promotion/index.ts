import type { ServiceImpl } from '@connectrpc/connect'
import type { PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { createPromotion } from './create_promotion.ts'
import { endPromotion } from './end_promotion.ts'
import { listPromotionCodes } from './list_promotion_codes.ts'
import { listPromotions } from './list_promotions.ts'

/** Every method of PromotionService. */
export const promotionRpcs = (ctx: Ctx): ServiceImpl<typeof PromotionService> => ({
  createPromotion: createPromotion(ctx),
  endPromotion: endPromotion(ctx),
  listPromotions: listPromotions(ctx),
  listPromotionCodes: listPromotionCodes(ctx),
})
