import { type Handler, isIdCursor, nextPageToken, pageOf } from '#kit'
import { Adjustment_State as State } from '#gen/tms/payment/v1/ledger_pb.ts'
import type { LedgerService } from '#gen/tms/payment/v1/ledger_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { adjustmentToProto } from '../../convert_ledger.ts'
import { listAdjustments as list } from '../../store/adjustments.ts'
import type { AdjustmentRow } from '../../store/ledger_schema.ts'
import { PAGE } from '../page.ts'

/** Corrections, newest first. */
export const listAdjustments =
  (ctx: Ctx): Handler<typeof LedgerService.method.listAdjustments> =>
  async (req) => {
    const { limit, after } = pageOf(req, PAGE, isIdCursor)
    const rows = await ctx.db.transaction((tx) => list(tx, { limit, after, state: states[req.state] }))
    return {
      adjustments: rows.map(adjustmentToProto),
      nextPageToken: nextPageToken(rows, limit, ({ adjustmentId }) => adjustmentId),
    }
  }

const states: Readonly<Record<State, AdjustmentRow['state'] | undefined>> = {
  [State.UNSPECIFIED]: undefined,
  [State.PROPOSED]: 'PROPOSED',
  [State.POSTED]: 'POSTED',
  [State.REJECTED]: 'REJECTED',
}
