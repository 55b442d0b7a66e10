import { timestampDate } from '@bufbuild/protobuf/wkt'
import { on } from '#kit'
import { RefundSettledSchema } from '#gen/tms/payment/v1/events_pb.ts'
import type { Ctx } from '../context.ts'
import { markRefundSettled } from '../store/refunds.ts'

/** The passenger has the money back; refunds of other services' orders are not ours to note. */
export const settleRefund = on(
  RefundSettledSchema,
  async (ctx: Ctx, tx, event) => {
    const settled = event.settleTime ? timestampDate(event.settleTime) : ctx.clock.now()
    await markRefundSettled(tx, event.refundId, settled)
  },
  { name: 'settle-refund' },
)
