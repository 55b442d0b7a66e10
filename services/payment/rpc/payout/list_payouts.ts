import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import { Payout_State as State } from '#gen/tms/payment/v1/payout_pb.ts'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payoutToProto } from '../../convert_payout.ts'
import type { PayoutState } from '../../domain/states.ts'
import { listPayouts as read } from '../../store/payouts.ts'
import { PAGE } from '../page.ts'
import { tenantOf } from './common.ts'

/** The payouts of the caller's company, newest first. */
export const listPayouts =
  (ctx: Ctx): Handler<typeof PayoutService.method.listPayouts> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { limit, after } = pageOf(req, PAGE, isIdCursor)
    const payeeId = req.payeeId === '' ? undefined : req.payeeId
    const filter = { tenantId: tenantOf(session), state: stateName(req.state), payeeId, limit, after }
    const rows = await ctx.db.transaction((tx) => read(tx, filter))
    return {
      payouts: rows.map((row) => payoutToProto(row, session)),
      nextPageToken: nextPageToken(rows, limit, ({ payoutId }) => payoutId),
    }
  }

function stateName(state: State): PayoutState | undefined {
  if (state === State.UNSPECIFIED) return undefined
  return Object.entries(State).find(([, value]) => value === state)?.[0] as PayoutState | undefined
}
