import type { Handler } from '#kit'
import type { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refundToProto } from '../../convert.ts'
import { refundIn } from './common.ts'

/** A refund. */
export const getRefund =
  (ctx: Ctx): Handler<typeof RefundService.method.getRefund> =>
  async ({ refundId }) => ({ refund: refundToProto(await ctx.db.transaction((tx) => refundIn(tx, refundId))) })
