import { type Handler, isIdCursor, nextPageToken, pageOf, sessionOf } from '#kit'
import type { PayoutService } from '#gen/tms/payment/v1/payout_service_pb.ts'
import type { Ctx } from '../../context.ts'
import { payeeToProto } from '../../convert_payout.ts'
import { listPayees as read } from '../../store/payees.ts'
import { PAGE } from '../page.ts'
import { tenantOf } from './common.ts'

/** The payees of the caller's company, newest first. */
export const listPayees =
  (ctx: Ctx): Handler<typeof PayoutService.method.listPayees> =>
  async (req, call) => {
    const session = sessionOf(call)
    const { limit, after } = pageOf(req, PAGE, isIdCursor)
    const views = await ctx.db.transaction((tx) => read(tx, { tenantId: tenantOf(session), limit, after }))
    return {
      payees: views.map((view) => payeeToProto(view, session, ctx.clock.now())),
      nextPageToken: nextPageToken(views, limit, ({ payee }) => payee.payeeId),
    }
  }
