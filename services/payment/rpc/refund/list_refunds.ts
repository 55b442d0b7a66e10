import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import { Refund_State as State } from '#gen/tms/payment/v1/refund_pb.ts'
import type { RefundService } from '#gen/tms/payment/v1/refund_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { refundToProto } from '../../convert.ts'
import type { RefundState } from '../../domain/states.ts'
import { listRefunds as read } from '../../store/refunds.ts'
import { PAGE } from '../page.ts'

/** The refunds of the caller's company, newest first. */
export const listRefunds =
  (ctx: Ctx): Handler<typeof RefundService.method.listRefunds> =>
  async (req, call) => {
    const { limit, after } = pageOf(req, PAGE, isIdCursor)
    const paymentIntentId = req.paymentIntentId === '' ? undefined : req.paymentIntentId
    const tenantId = sessionOf(call).tenantId ?? ''
    const filter = { tenantId, state: stateName(req.state), paymentIntentId, limit, after }
    const rows = await ctx.db.transaction((tx) => read(tx, filter))
    return { refunds: rows.map(refundToProto), nextPageToken: nextPageToken(rows, limit, ({ refundId }) => refundId) }
  }

function stateName(state: State): RefundState | undefined {
  if (state === State.UNSPECIFIED) return undefined
  return Object.entries(State).find(([, value]) => value === state)?.[0] as RefundState | undefined
}
