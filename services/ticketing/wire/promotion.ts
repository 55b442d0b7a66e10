import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { moneyToProto } from '#kit'
import type { PromotionSchema } from '#gen/tms/ticketing/v1/promotion_pb.ts'
import type { Promotion } from '../store/promotions.ts'

/** A promotion on the wire. */
export function promotionToProto(promotion: Promotion): MessageInitShape<typeof PromotionSchema> {
  const { promotionId, tenantId, name, off, codeCount, redemptionCount } = promotion
  return {
    ...{ promotionId, tenantId, name, codeCount, redemptionCount },
    discount:
      'amount' in off
        ? { case: 'discountAmount', value: moneyToProto(off.amount) }
        : { case: 'discountBasisPoints', value: Number(off.basisPoints) },
    validFromTime: timestampFromDate(promotion.validFrom),
    validUntilTime: timestampFromDate(promotion.validUntil),
    maxRedemptionsPerCode: promotion.maxPerCode ?? 0,
    maxRedemptionsPerPerson: promotion.maxPerPerson ?? 0,
    endTime: promotion.endTime && timestampFromDate(promotion.endTime),
    createTime: timestampFromDate(promotion.createTime),
  }
}
