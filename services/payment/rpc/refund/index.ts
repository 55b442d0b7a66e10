import type { ServiceImpl } from '@connectrpc/connect'
import type { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { createRefund } from './create_refund.ts'
import { decideRefund } from './decide_refund.ts'
import { getRefund } from './get_refund.ts'
import { listRefunds } from './list_refunds.ts'

/** Every method of RefundService. */
export const refundRpcs = (ctx: Ctx): ServiceImpl<typeof RefundService> => ({
  createRefund: createRefund(ctx),
  decideRefund: decideRefund(ctx),
  getRefund: getRefund(ctx),
  listRefunds: listRefunds(ctx),
})
