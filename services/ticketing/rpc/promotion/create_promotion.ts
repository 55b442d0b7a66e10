import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type Handler, isConstraint, isPositive, moneyFromProto, refuseCall, sessionOf } from '#kit'
import type { CreatePromotionRequest, PromotionService } from '#gen/tms/ticketing/v1/promotion_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { insertPromotion, type NewPromotion, type Off } from '../../store/promotions.ts'
import { promotionToProto } from '../../wire/promotion.ts'

/** Makes a promotion with its codes. */
export const createPromotion =
  (ctx: Ctx): Handler<typeof PromotionService.method.createPromotion> =>
  async (req, call) => {
    const { tenantId } = sessionOf(call)
    if (tenantId === undefined) throw refuseCall('TENANT_MISSING', 'choose the company that you act for')
    const promotion = promotionOf(req, tenantId, ctx.clock.now())
    const codes = [...new Set(req.codes.map((code) => code.toUpperCase()))]
    if (codes.length !== req.codes.length) throw refuse('PROMOTION_INVALID', 'a code is named twice')
    return ctx.db
      .once(call, req, async (tx) => {
        await insertPromotion(
          tx,
          promotion,
          codes.map((code) => ({ codeId: ctx.newId(), code })),
        )
        tx.afterCommit(() => ctx.happened('promotion_created', { promotion_id: promotion.promotionId }))
        const fresh = { endTime: undefined, codeCount: codes.length, redemptionCount: 0n }
        return { promotion: promotionToProto({ ...promotion, ...fresh }) }
      })
      .catch((err: unknown) => {
        if (isConstraint(err, 'promotion_pkey')) throw refuse('ID_TAKEN', 'somebody else made a promotion of this id')
        if (isConstraint(err, 'promotion_code_one_of_company')) {
          throw refuse('CODE_TAKEN', 'the company has one of these codes already')
        }
        throw err
      })
  }

/** @throws {ConnectError} PROMOTION_INVALID */
function promotionOf(req: CreatePromotionRequest, tenantId: string, now: Date): NewPromotion {
  const [validFrom, validUntil] = [timestampDate(req.validFromTime!), timestampDate(req.validUntilTime!)]
  if (validUntil <= validFrom) throw refuse('PROMOTION_INVALID', 'the promotion ends before it begins')
  return {
    ...{ promotionId: req.promotionId, tenantId, name: req.name, off: offOf(req), validFrom, validUntil },
    maxPerCode: req.maxRedemptionsPerCode || undefined,
    maxPerPerson: req.maxRedemptionsPerPerson || undefined,
    createTime: now,
  }
}

function offOf({ discount }: CreatePromotionRequest): Off {
  if (discount.case !== 'discountAmount') return { basisPoints: BigInt(discount.value ?? 0) }
  try {
    const amount = moneyFromProto(discount.value)
    if (isPositive(amount)) return { amount }
  } catch (err) {
    if (!(err instanceof RangeError)) throw err
  }
  throw refuse('PROMOTION_INVALID', 'this is no amount that could be taken off')
}
